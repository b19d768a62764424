# Replays the cassettes mounted at /cassettes:
#   docker build -t mocksse . && docker run --rm -p 127.0.0.1:8080:8080 -v "$PWD/cassettes:/cassettes:ro" mocksse
# The control API answers those who have a token:          -e MOCKSSE_TOKEN=...
# Settings and named sessions, beside what is said here:    -v "$PWD/mocksse.yaml:/srv/mocksse.yaml:ro"
# Any word of docs/settings.md as a variable:               -e MOCKSSE_SPEED=instant
# To record, the mount has to be writable for the user:     --user "$(id -u)" -e MOCKSSE_UPSTREAM=... -e MOCKSSE_RECORD=new
# The name of a compose service, for calls by that name:    -e MOCKSSE_ALLOW_HOST=mocksse
FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY mocksse mocksse
COPY cassettes cassettes
RUN pip install --no-cache-dir --prefix=/install .

FROM python:3.13-slim
COPY --from=build /install /usr/local
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin mocksse
USER 10001
WORKDIR /srv
ENV PYTHONUNBUFFERED=1
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=5s CMD ["mocksse", "healthcheck"]
ENTRYPOINT ["mocksse"]
CMD ["serve", "/cassettes", "--host", "0.0.0.0"]
