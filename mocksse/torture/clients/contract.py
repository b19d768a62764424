"""What all clients under test have in common: their arguments, what reached the caller, and the one line that says so.

The package's docstring is the contract. Here is its Python half, and nothing of any client: an adapter hands `run` a
function that streams into a `Seen` and lets every exception out, so that none decides by itself what an error is.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, TypeVar

from mocksse.errors import EXIT_OK, EXIT_USAGE, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager

MODEL = "mocksse"
PROMPT = "Say anything."
MAX_TOKENS = 256
MAX_EVENTS = 10_000
_TAKEN = ("OPENAI_", "ANTHROPIC_", "GOOGLE_", "GEMINI_", "CO_", "COHERE_", "MISTRAL_", "OLLAMA_")
"""Beginnings of the names under which clients look for keys and addresses."""
MAX_MESSAGE = 10_000
"""Characters of an error message: some have the whole body in it."""


class Options(argparse.Namespace):
    """The arguments of every client. `retries` None: as the client does by itself."""

    APIS: ClassVar[tuple[str, ...]] = ()
    """Those the client speaks, by their names in `providers`; the first is meant where none is given."""

    base_url: str
    api: str
    headers: Sequence[tuple[str, str]]
    retries: int | None
    timeout: float
    events: int | None

    @classmethod
    def declare(cls, parser: argparse.ArgumentParser) -> None:
        """Tell the parser of them."""
        parser.add_argument("base_url", metavar="BASE_URL")
        if cls.APIS:
            parser.add_argument("--api", choices=cls.APIS, default=cls.APIS[0])
        parser.add_argument("--header", dest="headers", action="append", default=[], type=_header)
        parser.add_argument("--retries", type=_count, metavar="N", help="how often the client may try again")
        parser.add_argument(
            "--timeout", type=float, default=30.0, metavar="S", help="seconds the client waits for what comes next"
        )
        parser.add_argument("--events", type=_count, metavar="N", help="leave after so many events")


OptionsT = TypeVar("OptionsT", bound=Options)


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise argparse.ArgumentTypeError(f"not 'Name: value': {text!r}")
    return name.strip(), value.strip()


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"not a number of times: {text!r}")
    return int(text)


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call as far as it came; `arguments` is JSON text."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Result:
    """The line; the package's docstring says what is in it."""

    outcome: str
    text: str
    reasoning: str
    tool_calls: tuple[ToolCall, ...]
    usage: dict[str, Any]
    events: tuple[object, ...]
    error_type: str | None
    error_message: str | None
    attempts: int


class Failure(Exception):  # noqa: N818 - a result, not a fault of the program
    """What a client without exceptions of its own tells its caller instead; `kind` stands for the type."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class _LeftError(Exception):
    """The caller has as many events as it wanted."""


class Seen:
    """What has reached the caller so far. `attempts` is the adapter's to count."""

    def __init__(self, leave_after: int | None = None) -> None:
        self.attempts = 0
        self._leave_after = leave_after
        self._count = 0
        self._events: list[object] = []
        self._text: list[str] = []
        self._reasoning: list[str] = []
        self._calls: dict[object, tuple[str, str, list[str]]] = {}
        self._usage: dict[str, Any] = {}

    def attempt(self, *_: object) -> None:
        """One HTTP request more; takes whatever a client hands to its hooks."""
        self.attempts += 1

    def event(self, what: object) -> None:
        """One event more, told behind what is in it: where the caller has had enough, nothing comes after this."""
        self.note(what)
        self._count += 1
        if self._count == self._leave_after:
            raise _LeftError

    def note(self, what: object) -> None:
        """Something more to be listed, which counts as no event."""
        if len(self._events) < MAX_EVENTS:
            self._events.append(what)

    def text(self, piece: str | None) -> None:
        """Text; None and the empty string add nothing, here and below."""
        self._text.append(piece or "")

    def reasoning(self, piece: str | None) -> None:
        """Reasoning or thinking."""
        self._reasoning.append(piece or "")

    def call(self, key: object, call_id: str | None = "", name: str | None = "", arguments: str | None = "") -> None:
        """A piece of the tool call that the API numbers `key`. An id or name that comes again replaces the first."""
        old_id, old_name, pieces = self._calls.get(key, ("", "", []))
        self._calls[key] = (call_id or old_id, name or old_name, pieces)
        pieces.append(arguments or "")

    @staticmethod
    def json(value: object) -> str:
        """Arguments that the client gives as an object, as the text that they were."""
        return "" if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def usage(self, told: Mapping[str, Any]) -> None:
        """Counters, by the names that the client has for them. Those that come again replace the first."""
        self._usage |= told

    def result(self, error: Exception | None = None) -> Result:
        """All of it, and the error that ended it."""
        if isinstance(error, _LeftError):
            error = None
        return Result(
            "ok" if error is None else "error",
            "".join(self._text),
            "".join(self._reasoning),
            tuple(ToolCall(call_id, name, "".join(pieces)) for call_id, name, pieces in self._calls.values()),
            dict(self._usage),
            tuple(self._events),
            None if error is None else _full_name(error),
            None if error is None else str(error)[:MAX_MESSAGE],
            self.attempts,
        )


def _full_name(error: Exception) -> str:
    return error.kind if isinstance(error, Failure) else f"{type(error).__module__}.{type(error).__qualname__}"


def play(stream: Callable[[OptionsT, Seen], None], options: OptionsT) -> Result:
    """One answer, streamed; whatever the client raises is in the result."""
    seen = Seen(options.events)
    try:
        stream(options, seen)
    except Exception as error:
        return seen.result(error)
    return seen.result()


def run(
    client: AbstractContextManager[Callable[[OptionsT, Seen], None]],
    kind: type[OptionsT],
    package: str,
    argv: Sequence[str] | None = None,
) -> NoReturn:
    """The whole program. `package` is what the client imports; it may also raise UsageError when it is entered.

    It is entered once, and streams every answer.
    """
    parser = argparse.ArgumentParser(
        allow_abbrev=False, epilog="or, alone, --serve: a JSON array of these on each line"
    )
    kind.declare(parser)
    words = sys.argv[1:] if argv is None else list(argv)
    asked: Iterable[OptionsT]
    if words == ["--serve"]:
        asked = (_parse(parser, kind, line) for line in sys.stdin)
    else:
        asked = [parser.parse_args(words, kind())]
    if not _is_installed(package):
        name = package.replace(".", "-")
        print(f"{name} is not installed: pip install {name}", file=sys.stderr)
        sys.exit(EXIT_USAGE)
    # Where a client goes, only its arguments say: it must not send a real key, nor take the way through a proxy.
    for name in list(os.environ):
        if name.startswith(_TAKEN):
            del os.environ[name]
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "*"
    try:
        with client as stream:
            for options in asked:
                with redirect_stdout(sys.stderr):  # a client may be chatty, and stdout is for the one line
                    result = play(stream, options)
                # In ASCII: what a client made of broken bytes need not be UTF-8.
                print(json.dumps(asdict(result)), flush=True)
    except UsageError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
    sys.exit(EXIT_OK)


def _is_installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:  # not even the package it is in
        return False


def _parse(parser: argparse.ArgumentParser, kind: type[OptionsT], line: str) -> OptionsT:
    try:
        words: Any = json.loads(line)
    except ValueError:
        words = None
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        parser.error(f"a line of --serve has to be a JSON array of strings: {line.strip()}")
    return parser.parse_args(words, kind())
