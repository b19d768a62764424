"""`mocksse serve`: replay cassettes to any client.

The base URL is the only line on stdout, once connections are accepted, so that a script can wait for it. The banner
and the access lines are talk.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from mocksse.cli.options import fault_option, faults_said, note, pacing_of, pacing_options

if TYPE_CHECKING:
    from mocksse.server.listen import Address
    from mocksse.server.session import Session


@click.command(
    epilog="""\b
mocksse serve cassettes/                            at the recorded pace
mocksse serve chat.yaml --speed instant --port 0    no waits, on a free port
mocksse serve cassettes/ --ttft lognormal:p50=350,p95=1200 --tps 40
mocksse serve cassettes/ --route '/stream=rivers'   for new EventSource('/stream')
mocksse serve cassettes/ --fault 'reset at=event:5 times=1' --fault 'stall at=first-text for=10s'

Of the pacing words what is said here goes before an interaction's own, that before its file's, that before the
recorded times. DIST: normal:MEAN,SD, lognormal:p50=MS,p95=MS or from:CASSETTE (the gaps of a real recording)."""
)
@click.argument("paths", nargs=-1, required=True, type=click.Path())
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", "-p", default=8080, show_default=True, type=click.IntRange(0, 65535), help="0: a free one.")
@click.option("--route", "routes", multiple=True, metavar="/PATH=NAME", help="Play an interaction at another path too.")
@pacing_options
@fault_option
@click.option("--allow-header-control", is_flag=True, help="Take x-mocksse-* headers from other machines too.")
@click.option("--quiet", "-q", is_flag=True, help="No banner and no access lines.")
def command(
    paths: tuple[str, ...],
    host: str,
    port: int,
    routes: tuple[str, ...],
    faults: tuple[str, ...],
    allow_header_control: bool,
    quiet: bool,
    **given: Any,
) -> None:
    """Replay cassettes (files and folders) to any client, byte for byte and on time.

    A request is answered by the recording with its method, path and query; where several have them, by the one whose
    request body is most alike. The same request again gets the next recorded answer, and then the last one again.

    A request may ask for faults and another pace itself, with the headers x-mocksse-fault and x-mocksse-pacing.
    """
    from mocksse.cassette.library import shelve
    from mocksse.cli.remains import offer_remains

    pacing = pacing_of(given)
    specs = faults_said(faults)
    offer_remains(paths)
    shelved = shelve(paths)

    # Behind what can be wrong with the files: it is the larger half of the start.
    import asyncio

    from mocksse.server.access import AccessLog
    from mocksse.server.listen import Address, raise_file_limit, serve
    from mocksse.server.session import Session, parse_route

    session = Session(shelved, pacing, [parse_route(route) for route in routes], specs)
    raise_file_limit()

    def ready(address: Address) -> None:
        if not quiet:
            _banner(session, address, len(shelved))
        click.echo(address.url)
        sys.stdout.flush()

    async def run() -> AccessLog:
        write = None if quiet else sys.stderr.write
        log = AccessLog(write and _flushing(write), asyncio.get_running_loop().call_later)
        await serve(session, Address(host, port), log, ready, note, header_control=allow_header_control)
        return log

    log = asyncio.run(run())
    if not quiet:
        note(f"\n{log.summary()}" if sys.stderr.isatty() else log.summary())


def _flushing(write: Any) -> Any:
    def flushed(text: str) -> None:
        write(text)
        sys.stderr.flush()

    return flushed


def _banner(session: Session, address: Address, files: int) -> None:
    from mocksse.server.banner import banner

    note(banner(session.tapes, address.url, files, session.faults))
