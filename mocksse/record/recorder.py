"""One recording: what a tap reads becomes an interaction on disk.

While it runs everything that arrived lies in the journal; when it ends the cassette is written, read back, and the
journal removed. However the stream ends, by itself, by a cap or by ^C, what came is kept. It reads no socket and asks
for no time: the relay tells it what came, and when.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import time
from typing import TYPE_CHECKING, Protocol

from mocksse import __version__, limits
from mocksse.cassette.asked import stored_request
from mocksse.cassette.dump import dump_interaction
from mocksse.cassette.load import read
from mocksse.cassette.model import Interaction, Recorded, Response
from mocksse.cassette.naming import file_name, interaction_name
from mocksse.cassette.redact import NO_RULES, Rules, Secrets, credentials, redact_url
from mocksse.cassette.seen import Building, EndSeen, Seen
from mocksse.errors import CheckError, MocksseError, UsageError
from mocksse.figures import utc_text
from mocksse.record.aside import turn_in_aside
from mocksse.record.assemble import Assembly, How
from mocksse.record.journal import Journal, Opening
from mocksse.record.keep import keep, keep_new
from mocksse.record.room import Room, cost_of_request, count_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mocksse.record.request import Request


_EMPTY = Response(200, (), "length", ())
_LARGE_BYTES = limits.MAX_CASSETTE_BYTES // 16
_LARGE_NODES = limits.MAX_YAML_NODES // 16
"""Requests up to there are not counted, but estimated: to count one of 100 KB takes 10 ms."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where the recording goes: behind what is in the cassette at `path`, with `replace` over it.

    `new`: into a cassette of its own, in the folder `path`, named after what was asked; it keeps its name from the
    start, so that no two recorders have the same. Without a `name` the interaction gets one in the same way.
    """

    path: Path
    name: str = ""
    replace: bool = False
    allow_secrets: bool = False
    insecure: bool = False
    new: bool = False
    rules: Rules = NO_RULES


@dataclass(frozen=True, slots=True)
class Recording:
    """What came of it."""

    interaction: Interaction
    path: Path
    note: str = ""
    """Why it was cut short, where it was."""
    unchecked: bool = False
    """There are credentials, and the answer is compressed in a way that can't be looked into."""
    identified: bool = False
    """Something in the compressed answer identifies an account, and could not be blotted."""
    request_id: str = ""
    """What the provider calls the request, as it came: for the terminal, not for a file."""
    request_id_header: str = ""
    """The header that says so, in lower case."""


class Watcher(Protocol):
    """Who looks on while it streams: sees redacted data only."""

    def __call__(self, item: Seen, /) -> None: ...


class Recorder:
    """A recording of the answer to `request`. `asked`: the target that the client asked for, where the upstream is
    asked for another; it is what the cassette is going to answer to."""

    def __init__(self, request: Request, target: Target, watch: Watcher | None = None, *, asked: str = "") -> None:
        self._request = request
        self._target = target
        self._watch = watch
        self._asked = asked
        self._building = Building()
        self._has_begun = False
        self._ended = False
        self.runs = False
        """Whether it takes more."""
        self.note = ""
        """Why it was cut short, where it was."""

    def begin(self) -> None:
        """Make ready to take the first read. Raises MocksseError where nothing can be recorded."""
        target, request = self._target, self._request
        self._secrets = credentials(request.url, request.headers, request.body or b"", target.rules)
        if self._asked:
            asked = credentials(f"{request.origin}{self._asked}", (), b"", target.rules)
            self._secrets = Secrets((*self._secrets.values, *asked.values))
        opening = opening_of(request, target.name, self._secrets, target.rules, asked=self._asked)
        path = target.path / f"{file_name(opening.request)}.yaml" if target.new else target.path
        if not target.name:
            opening = replace(opening, name=interaction_name(opening.request))
        self._opening = opening
        self._room = _room(path, opening, fresh=target.new or target.replace)
        self._assembly = Assembly(request.method, self._secrets, target.rules, allow_secrets=target.allow_secrets)
        self._journal = Journal(path, opening, new=target.new)
        self._has_begun = self.runs = True

    def take(self, at_us: int, data: bytes) -> None:
        """What one read brought, `at_us` since the request was sent.

        Raises UpstreamError where the disk fails, CheckError where a credential can't be blotted.
        """
        if self.runs:
            self._keep(at_us, self._assembly.feed(at_us, data))

    def end(self, at_us: int, how: How, note: str = "") -> None:
        """The connection is over, or is not recorded any longer. Raises as `take` does."""
        if self.runs:
            self.note = self.note or note
            self._keep(at_us, self._assembly.close(at_us, how))
            self.runs = False

    async def finish(self, *, aside: bool) -> Recording:
        """Put it into its cassette. `aside` leaves the event loop and its process to what else runs there.

        Raises MocksseError; what came is then left for `mocksse recover`.
        """
        journal, target, response = self._journal, self._target, self._building.response()
        if response is None:
            raise _no_room(journal.target, self._room)
        interaction = Interaction(self._opening.name, self._opening.request, response, self._opening.recorded)
        path = journal.target
        try:
            if aside:
                path, name = await turn_in_aside(journal.path, new=target.new, replace=target.replace)
                interaction = replace(interaction, name=name)
            elif target.new:
                path = keep_new(path, interaction)
            else:
                interaction = keep(path, interaction, replace=target.replace)
        except MocksseError as error:
            error.hint = f"the recording is kept: {journal.rescue}"
            raise
        journal.close(remove=True)
        assembly = self._assembly
        unchecked = assembly.unchecked and bool(self._secrets)
        return Recording(interaction, path, self.note, unchecked, assembly.identified, *assembly.request_id)

    def abandon(self, error: BaseException) -> None:
        """It failed: only what `mocksse recover` could use is left, and nothing where a credential was found."""
        self.runs = False
        if self._has_begun:
            self._journal.close(remove=isinstance(error, CheckError) or not self._journal.has_answer)

    def _keep(self, at_us: int, items: list[Seen]) -> None:
        """Write the items down, as far as the cassette has room for them."""
        items = list(self._fitting(at_us, items))
        self._journal.write(items)
        for item in items:
            self._building.take(item)
            if self._watch is not None:
                self._watch(item)
        if self._assembly.found:
            raise CheckError(
                "a credential of the request stands in the compressed answer, where it can't be blotted: nothing saved",
                "record without Accept-Encoding, or say --allow-secrets",
            )

    def _fitting(self, at_us: int, items: list[Seen]) -> Iterator[Seen]:
        """The items that fit; with the first that does not, the recording ends."""
        for item in items:
            if not self._room.take(item):
                self.runs = False
                self.note = f"cut: a cassette holds {self._room.lacks}, and more could not be loaded again"
                if not self._ended:
                    yield EndSeen(at_us, "stopped")
                return
            self._ended = self._ended or isinstance(item, EndSeen)
            yield item


def opening_of(request: Request, name: str, secrets: Secrets, rules: Rules = NO_RULES, *, asked: str = "") -> Opening:
    """What a cassette says of the request: redacted, and without large images."""
    now = utc_text(time())
    target = asked or request.target
    stored = stored_request(request.method, target, request.headers, request.body, secrets, rules)
    upstream = redact_url(str(request.origin), secrets, rules)
    return Opening(name, stored, Recorded(now, upstream, f"mocksse {__version__}"))


def _room(path: Path, opening: Opening, *, fresh: bool) -> Room:
    """What the cassette has left for the answer."""
    size, nodes = cost_of_request(opening.request)
    if size > _LARGE_BYTES or nodes > _LARGE_NODES:
        new = dump_interaction(Interaction(opening.name, opening.request, _EMPTY, opening.recorded))
        size, nodes = len(new.encode()), count_nodes(new, "the request")
    if path.exists() and not fresh:
        there = read(path)
        size, nodes = size + len(there), nodes + count_nodes(there.decode("utf-8-sig", "replace"), str(path))
    room = Room(size, nodes)
    if room.lacks:
        raise _no_room(path, room)
    return room


def _no_room(path: Path, room: Room) -> UsageError:
    return UsageError(f"{path}: this does not fit into a cassette of {room.lacks}", "use another file with -o")
