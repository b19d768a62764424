"""Every word of the settings: its name in a file, its flag, its variable, and the line of help about it.

The one list that the options of `serve`, `mocksse config` and the environment are made of. Imports nothing heavy:
`--help` shows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from mocksse.settings.model import BodyRule, OnExhausted, Pick, QueryRule, RecordMode

Kind = Literal["text", "number", "switch", "list", "table", "paths", "rules"]
REPLAY, BREAK, MATCH, RECORD, SESSIONS, SAFETY, LOGS = GROUPS = (
    "Replay",
    "Break",
    "Match",
    "Record",
    "Sessions",
    "Safety",
    "Logs",
)
PREFIX = "MOCKSSE_"
CONFIG = "MOCKSSE_CONFIG"
"""The variable that names the settings file."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word. `name` is dotted where a file nests it; `flag` is empty where only a file says it.

    `choices` are all its values, where these can be listed. A switch whose default is on has the flag that turns it
    off; either way the opposite flag exists too.
    """

    name: str
    kind: Kind
    group: str = ""
    flag: str = ""
    short: str = ""
    metavar: str = ""
    help: str = ""
    choices: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Its name as a keyword argument of a command."""
        return self.name.replace(".", "_")

    @property
    def positive(self) -> str:
        """The flag, of a switch the one that turns it on."""
        return self.flag.replace("--no-", "--", 1)

    @property
    def variable(self) -> str:
        """The environment's name for it; empty where only a file says it."""
        if self.name == "cassettes":
            return f"{PREFIX}CASSETTES"
        return PREFIX + self.positive.removeprefix("--").replace("-", "_").upper() if self.flag else ""


def _word(kind: Kind, group: str, name: str, flag: str, metavar: str, text: str, short: str = "") -> Word:
    return Word(name, kind, group, flag, short, metavar, text)


def _switch(group: str, name: str, flag: str, text: str, short: str = "") -> Word:
    return Word(name, "switch", group, flag, short, "", text)


def _choice(group: str, name: str, flag: str, values: object, text: str) -> Word:
    return Word(name, "text", group, flag, "", "MODE" if group == RECORD else "RULE", text, get_args(values))


PACING = (
    _word("text", REPLAY, "pacing.speed", "--speed", "FACTOR|instant", "Recorded times divided; instant: no waits."),
    _word("text", REPLAY, "pacing.ttft", "--ttft", "MS|DIST", "Request to the first piece of the body."),
    _word("text", REPLAY, "pacing.gap", "--gap", "MS|DIST", "Between chunks."),
    _word("text", REPLAY, "pacing.tps", "--tps", "N", "Text events a second; no gaps before others."),
    _word("text", REPLAY, "pacing.jitter", "--jitter", "PERCENT", "Each wait times a factor drawn from 1-p..1+p."),
    _word("text", REPLAY, "pacing.max_gap", "--max-gap", "MS", "No wait is longer."),
    _word("text", REPLAY, "pacing.seed", "--seed", "N", "What draws start from. [0]"),
)
WORDS = (
    Word("cassettes", "paths"),
    _word("text", REPLAY, "host", "--host", "ADDRESS", "Address to listen on."),
    _word("number", REPLAY, "port", "--port", "N", "0: a free one.", "-p"),
    *PACING,
    _word("table", REPLAY, "routes", "--route", "/PATH=NAME", "Play an interaction at another path too.*"),
    _word("list", BREAK, "faults", "--fault", "SPEC", "'reset at=event:5'; mocksse faults lists all.*"),
    _switch(BREAK, "allow_header_control", "--allow-header-control", "Take x-mocksse-* from other machines too."),
    _switch(MATCH, "match.strict", "--strict", "The same body, or no answer: --match-body exact."),
    _choice(MATCH, "match.body", "--match-body", BodyRule, "best|exact|subset|last-user-message|ignore [best]"),
    _choice(MATCH, "match.query", "--match-query", QueryRule, "exact|subset|ignore [exact]"),
    _word("list", MATCH, "match.headers", "--match-header", "NAME", "A header that must agree.*"),
    _word("list", MATCH, "match.ignore", "--ignore", "NAME|JSONPATH", "Leave out of the body; also: ids, dates.*"),
    _choice(MATCH, "match.pick", "--pick", Pick, "best|sequence|round-robin|random [best]"),
    _choice(MATCH, "match.on_exhausted", "--on-exhausted", OnExhausted, "repeat|restart|error [repeat]"),
    _switch(MATCH, "made_up", "--no-made-up", "No made-up answers to lists of models and probes."),
    _word("table", RECORD, "upstream", "--upstream", "[/PREFIX=]URL", "Whom to ask, as --record says.*"),
    _choice(RECORD, "record", "--record", RecordMode, "none|once (if empty)|new (no match)|all [none]"),
    _word("number", RECORD, "record_cap", "--record-cap", "S", "How long it goes on after its client left."),
    _word("number", RECORD, "timeout", "--timeout", "S", "Longest silence of the upstream."),
    _switch(RECORD, "keep_encoding", "--keep-encoding", "Do not ask for an uncompressed answer."),
    _switch(RECORD, "insecure", "--insecure", "Take any certificate of the upstream.", "-k"),
    _word("list", RECORD, "redact.keep_headers", "--keep-header", "NAME", "Store this header in clear.*"),
    Word("redact.headers", "list"),
    Word("redact.jsonpaths", "list"),
    Word("redact.patterns", "list"),
    Word("extract", "rules"),
    _switch(SESSIONS, "watch", "--watch", "Load cassettes anew when they change."),
    _word("number", SESSIONS, "session_ttl", "--session-ttl", "S", "An idle session goes after so long."),
    _word("number", SESSIONS, "max_sessions", "--max-sessions", "N", "Sessions at a time."),
    _word("number", SESSIONS, "journal_size", "--journal-size", "N", "Requests that a session remembers."),
    _word("list", SAFETY, "allow_host", "--allow-host", "NAME", "A host name that we go by, such as a service's.*"),
    _switch(SAFETY, "allow_public", "--allow-public", "Answer clients with public addresses."),
    _word("text", SAFETY, "token", "--token", "TEXT", "What the control API wants off this machine."),
    _switch(SAFETY, "control", "--no-control", "No control API."),
    _word("text", SAFETY, "tls_cert", "--tls-cert", "FILE", "Serve https; PEM, with its chain."),
    _word("text", SAFETY, "tls_key", "--tls-key", "FILE", "Its key, if not in the same file."),
    _switch(LOGS, "log_json", "--log-json", "Access lines as JSON."),
    _switch(LOGS, "follow", "--follow", "Show answers while they stream, one at a time."),
    _switch(LOGS, "quiet", "--quiet", "No banner and no access lines.", "-q"),
)
BY_NAME = {word.name: word for word in WORDS}
