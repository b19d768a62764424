"""Every word of the settings: its name in a file, its flag, its variable, and the line of help about it.

The one list that the options of `serve`, `mocksse config` and the environment are made of. Imports nothing heavy:
`--help` shows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from mocksse.settings.model import BodyRule, OnExhausted, Pick, QueryRule, RecordMode

Kind = Literal["text", "number", "switch", "list", "table", "paths"]
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


def _choice(name: str, group: str, flag: str, values: object, text: str) -> Word:
    return Word(name, "text", group, flag, "", "", text, get_args(values))


PACING = (
    Word(
        "pacing.speed",
        "text",
        REPLAY,
        "--speed",
        "",
        "FACTOR|instant",
        "Recorded times divided by a factor; instant: no waits.",
    ),
    Word("pacing.ttft", "text", REPLAY, "--ttft", "", "MS|DIST", "Request to the first piece of the body."),
    Word("pacing.gap", "text", REPLAY, "--gap", "", "MS|DIST", "Between chunks."),
    Word("pacing.tps", "text", REPLAY, "--tps", "", "N", "Text events a second: gaps only before events with text."),
    Word("pacing.jitter", "text", REPLAY, "--jitter", "", "PERCENT", "Each wait times a factor drawn from 1-p..1+p."),
    Word("pacing.max_gap", "text", REPLAY, "--max-gap", "", "MS", "No wait is longer."),
    Word("pacing.seed", "text", REPLAY, "--seed", "", "N", "What draws start from. [0]"),
)
WORDS = (
    Word("cassettes", "paths"),
    Word("host", "text", REPLAY, "--host", "", "ADDRESS", "Address to listen on."),
    Word("port", "number", REPLAY, "--port", "-p", "N", "0: a free one."),
    *PACING,
    Word("routes", "table", REPLAY, "--route", "", "/PATH=NAME", "Play an interaction at another path too.*"),
    Word("faults", "list", BREAK, "--fault", "", "SPEC", "'reset at=event:5 times=1'; mocksse faults lists all.*"),
    Word(
        "allow_header_control",
        "switch",
        BREAK,
        "--allow-header-control",
        "",
        "",
        "Take x-mocksse-* headers from other machines too.",
    ),
    Word("match.strict", "switch", MATCH, "--strict", "", "", "The same body, or no answer: --match-body exact."),
    _choice("match.body", MATCH, "--match-body", BodyRule, "[best]"),
    _choice("match.query", MATCH, "--match-query", QueryRule, "[exact]"),
    Word("match.headers", "list", MATCH, "--match-header", "", "NAME", "A header that must agree.*"),
    Word("match.ignore", "list", MATCH, "--ignore", "", "NAME|JSONPATH", "Leave out of the body; also: ids, dates.*"),
    _choice("match.pick", MATCH, "--pick", Pick, "[best]"),
    _choice("match.on_exhausted", MATCH, "--on-exhausted", OnExhausted, "[repeat]"),
    Word("made_up", "switch", MATCH, "--no-made-up", "", "", "No made-up answers to GET /v1/models and health probes."),
    Word("upstream", "table", RECORD, "--upstream", "", "[/PREFIX=]URL", "Whom to ask what is not recorded.*"),
    _choice("record", RECORD, "--record", RecordMode, "once: into an empty folder; new: what has no match."),
    Word("record_cap", "number", RECORD, "--record-cap", "", "S", "How long it goes on after its client left."),
    Word("timeout", "number", RECORD, "--timeout", "", "S", "Longest silence of the upstream."),
    Word(
        "keep_encoding",
        "switch",
        RECORD,
        "--keep-encoding",
        "",
        "",
        "Do not ask the upstream for an uncompressed answer.",
    ),
    Word("insecure", "switch", RECORD, "--insecure", "-k", "", "Take any certificate of the upstream."),
    Word("redact.keep_headers", "list", RECORD, "--keep-header", "", "NAME", "Store this header in clear.*"),
    Word("redact.headers", "list"),
    Word("redact.jsonpaths", "list"),
    Word("redact.patterns", "list"),
    Word("watch", "switch", SESSIONS, "--watch", "", "", "Load cassettes anew when they change."),
    Word("session_ttl", "number", SESSIONS, "--session-ttl", "", "S", "An idle session goes after so long."),
    Word("max_sessions", "number", SESSIONS, "--max-sessions", "", "N", "Sessions at a time."),
    Word("journal_size", "number", SESSIONS, "--journal-size", "", "N", "Requests that a session remembers."),
    Word("allow_host", "list", SAFETY, "--allow-host", "", "NAME", "A host name that we go by, such as a service's.*"),
    Word("allow_public", "switch", SAFETY, "--allow-public", "", "", "Answer clients with public addresses."),
    Word("token", "text", SAFETY, "--token", "", "TEXT", "What the control API wants off this machine."),
    Word("control", "switch", SAFETY, "--no-control", "", "", "No control API."),
    Word("tls_cert", "text", SAFETY, "--tls-cert", "", "FILE", "Serve https; PEM, with its chain."),
    Word("tls_key", "text", SAFETY, "--tls-key", "", "FILE", "Its key, if not in the same file."),
    Word("log_json", "switch", LOGS, "--log-json", "", "", "Access lines as JSON."),
    Word("quiet", "switch", LOGS, "--quiet", "-q", "", "No banner and no access lines."),
)
BY_NAME = {word.name: word for word in WORDS}
