"""`mocksse healthcheck`: exit 0 if a server answers; what a container runs, so that the image needs no curl.

Without a URL it asks the server that `mocksse serve` would start here, by the same file and variables.
"""

from __future__ import annotations

import http.client
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from mocksse import limits
from mocksse.errors import UpstreamError, UsageError
from mocksse.figures import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

URL = "MOCKSSE_URL"


@click.command(
    epilog="""\b
mocksse healthcheck
mocksse healthcheck http://127.0.0.1:9000
mocksse healthcheck https://localhost:8443 --insecure

Without URL: MOCKSSE_URL, or else the host, port and tls_cert that hold for serve (mocksse config shows them); the
certificate of that server is not checked."""
)
@click.argument("url", required=False)
@click.option("-k", "--insecure", is_flag=True, help="Take any certificate.")
@click.option(
    "--timeout",
    default=3.0,
    show_default=True,
    type=click.FloatRange(0, 3600, min_open=True),
    metavar="S",
    help="Longest wait.",
)
def command(url: str | None, insecure: bool, timeout: float) -> None:
    """Ask a running server whether it is well. Exit code 3 if not."""
    own = url is None and not os.environ.get(URL)
    url = url or own_url(os.environ)
    shown, https, host, port = _address(url)
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    if https:
        connection = _secured(host, port, timeout, trusting=insecure or own)
    try:
        connection.connect()
        wrong = _wrong_with(connection)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "verify_message", None) or getattr(error, "strerror", None) or error
        raise UpstreamError(f"{shown}: no server answers there: {reason}") from None
    finally:
        connection.close()
    if wrong:
        raise UpstreamError(f"{shown}: {wrong}")
    click.echo("ok")


def own_url(environ: Mapping[str, str], folder: Path = Path()) -> str:
    """The URL of the server that this environment is about, and the settings file of the folder. Raises MocksseError
    for settings that can't hold, UsageError for a port that nobody knows."""
    from mocksse.settings.resolve import settings_of

    if url := environ.get(URL):
        return url
    settings = settings_of({}, environ, folder)
    scheme = "https" if settings.tls_cert else "http"
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - where a server listens
    if not settings.port:
        raise UsageError("port 0 is no port to ask at", "say the URL, or set MOCKSSE_URL")
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{settings.port}"


def _secured(host: str, port: int, timeout: float, *, trusting: bool) -> http.client.HTTPConnection:
    import ssl

    context = ssl.create_default_context()
    if trusting:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return http.client.HTTPSConnection(host, port, timeout=timeout, context=context)


def _wrong_with(connection: http.client.HTTPConnection) -> str:
    """Why what answers is not well; empty where it is."""
    try:
        connection.request("GET", "/__mocksse/health")
        answer = connection.getresponse()
        told = json.loads(answer.read(limits.MIB))
        if answer.status == 200 and told["status"] == "ok":
            return ""
        if answer.status == 403:
            return printable(str(told["detail"]))
    except http.client.RemoteDisconnected:
        raise  # an OSError as well
    except (http.client.HTTPException, ValueError, LookupError, TypeError):
        pass
    return "something answers there, but not a mocksse server"


def _address(url: str) -> tuple[str, bool, str, int]:
    """The URL as it may be shown, whether it is https, host and port. Raises UsageError."""
    shown = url
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        if "@" in parts.netloc:
            shown = url.replace(f"{parts.netloc.rpartition('@')[0]}@", "")
        if parts.scheme in {"http", "https"} and parts.hostname:
            https = parts.scheme == "https"
            return shown, https, parts.hostname, parts.port or (443 if https else 80)
    except ValueError:
        pass  # a port that is none, half an IPv6 address
    raise UsageError(f"{shown}: not the URL of a server", "use http://HOST:PORT")
