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
@click.option("--timeout", default=3.0, show_default=True, metavar="S", help="Longest wait.")
def command(url: str, timeout: float) -> None:
    """Ask a running server whether it is well. Exit code 3 if not."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme != "http" or not parts.hostname:
        raise UsageError(f"{url}: not the URL of a server", "use http://HOST:PORT")
    connection = http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout=timeout)
    try:
        connection.request("GET", "/__mocksse/health")
        answer = connection.getresponse()
        well = answer.status == 200 and json.loads(answer.read()).get("status") == "ok"
    except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
        raise UpstreamError(f"{url}: no server answers there: {error}") from None
    finally:
        connection.close()
    if not well:
        raise UpstreamError(f"{url}: something answers there, but not a mocksse server")
    click.echo("ok")
