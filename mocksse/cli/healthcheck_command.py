"""`mocksse healthcheck`: exit 0 if a server answers; what a container runs, so that the image needs no curl."""

from __future__ import annotations

import http.client
import json
from urllib.parse import urlsplit

import click

from mocksse.errors import UpstreamError, UsageError


@click.command(
    epilog="""\b
mocksse healthcheck
mocksse healthcheck http://127.0.0.1:9000"""
)
@click.argument("url", default="http://127.0.0.1:8080")
@click.option(
    "--timeout",
    default=3.0,
    show_default=True,
    type=click.FloatRange(0, 3600, min_open=True),
    metavar="S",
    help="Longest wait.",
)
def command(url: str, timeout: float) -> None:
    """Ask a running server whether it is well. Exit code 3 if not."""
    host, port = _address(url)
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    try:
        connection.connect()
        well = _is_well(connection)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UpstreamError(f"{url}: no server answers there: {reason}") from None
    finally:
        connection.close()
    if not well:
        raise UpstreamError(f"{url}: something answers there, but not a mocksse server")
    click.echo("ok")


def _is_well(connection: http.client.HTTPConnection) -> bool:
    try:
        connection.request("GET", "/__mocksse/health")
        answer = connection.getresponse()
        return answer.status == 200 and bool(json.loads(answer.read())["status"] == "ok")
    except http.client.RemoteDisconnected:
        raise  # an OSError as well
    except (http.client.HTTPException, ValueError, LookupError, TypeError):
        return False


def _address(url: str) -> tuple[str, int]:
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        if parts.scheme == "http" and parts.hostname:
            return parts.hostname, parts.port or 80
    except ValueError:
        pass  # a port that is none, half an IPv6 address
    raise UsageError(f"{url}: not the URL of a server", "use http://HOST:PORT")
