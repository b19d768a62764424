"""What holds: four places in rising order, word by word, and each word knows where it was said."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mocksse.cassette.pacing import INSTANT, Fixed, FromCassette, Pacing
from mocksse.errors import MocksseError, UsageError
from mocksse.settings.model import SessionSettings, Settings
from mocksse.settings.resolve import settings_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mocksse.settings.spoken import Spoken


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def held(text: str = "", environ: Mapping[str, str] | None = None, **flags: Spoken) -> Settings:
    """Settings of a file, an environment, and flags (`match_body` is match.body)."""
    if text:
        Path("mocksse.yaml").write_text(text)
    said = {name.replace("__", "."): value for name, value in flags.items()}
    return settings_of(said, environ or {})


def refused(text: str = "", environ: Mapping[str, str] | None = None, **flags: Spoken) -> str:
    with pytest.raises(MocksseError) as caught:
        held(text, environ, **flags)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2
    return str(caught.value)


def test_nothing_said_is_all_defaults() -> None:
    assert held() == Settings()
    assert held("\n# nothing\n") == Settings(source=Path("mocksse.yaml"))


def test_each_place_goes_before_the_one_below_word_by_word() -> None:
    text = "port: 1\nhost: a\nwatch: true\nmax_sessions: 7\nquiet: true\n"
    settings = held(text, {"MOCKSSE_PORT": "2", "MOCKSSE_HOST": "b", "MOCKSSE_WATCH": "off"}, port="3", quiet=False)
    assert (settings.port, settings.host, settings.watch, settings.max_sessions) == (3, "b", False, 7)
    assert settings.quiet is False
    assert settings.origins == {
        "port": "--port",
        "host": "MOCKSSE_HOST",
        "watch": "MOCKSSE_WATCH",
        "max_sessions": "mocksse.yaml:4",
        "quiet": "--no-quiet",
    }


@pytest.mark.parametrize(
    ("text", "variable", "flag", "wanted"),
    [
        ("speed: 2", {}, {}, Pacing(speed=2)),
        ("speed: 2", {"MOCKSSE_SPEED": "3x"}, {}, Pacing(speed=3)),
        ("speed: 2", {"MOCKSSE_SPEED": "3"}, {"pacing__speed": "instant"}, Pacing(speed=INSTANT)),
        ("gap: 5, ttft: 6", {}, {"pacing__tps": "9"}, Pacing(tps=9, ttft=Fixed(6))),
        ("gap: 5, ttft: 6, jitter: 3", {"MOCKSSE_SPEED": "4"}, {}, Pacing(speed=4, jitter=3)),
        ("gap: 5", {"MOCKSSE_SPEED": "4"}, {"pacing__gap": "7"}, Pacing(speed=4, gap=Fixed(7))),
        ("seed: 1", {"MOCKSSE_SEED": "2"}, {}, Pacing(seed=2)),
    ],
)
def test_pacing_is_layered_as_everywhere(
    text: str, variable: dict[str, str], flag: dict[str, Spoken], wanted: Pacing
) -> None:
    settings = held(f"pacing: {{{text}}}", variable, **flag)
    assert settings.session.pacing == wanted
    said = {f"pacing.{name}" for name in Pacing.__slots__ if getattr(wanted, name) is not None}
    assert set(settings.origins) == said, "a word that is silenced was said nowhere"


def test_paths_are_relative_to_where_they_were_said(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "own.yaml").write_text(
        "cassettes: [a, /b]\npacing: {gap: 'from:c.yaml'}\ntls_cert: d.pem\nsessions: {s: {cassettes: e}}\n"
    )
    settings = settings_of({}, {}, config=Path("sub/own.yaml"))
    assert settings.session.cassettes == (Path("sub/a"), Path("/b"))
    assert settings.session.pacing.gap == FromCassette("sub/c.yaml")
    assert settings.tls_cert == Path("sub/d.pem")
    assert settings.sessions["s"].cassettes == (Path("sub/e"),)
    settings = settings_of({"cassettes": ("x",)}, {"MOCKSSE_CONFIG": "sub/own.yaml", "MOCKSSE_TLS_KEY": "k"})
    assert (settings.session.cassettes, settings.tls_key) == ((Path("x"),), Path("k"))
    assert settings.source == Path("sub/own.yaml")


def test_a_session_has_what_it_says_and_else_what_the_default_one_has() -> None:
    text = """\
cassettes: all
pacing: {speed: 2, seed: 5}
match: {ignore: user, pick: random}
faults: [crlf]
sessions:
  cut: {faults: 'reset at=event:5; crlf'}
  slow:
    pacing: {gap: 500}
    match: {pick: best}
    cassettes: [one.yaml]
  same:
"""
    settings = held(text, {}, pacing__seed="6")
    cut, slow, same = (settings.sessions[name] for name in ("cut", "slow", "same"))
    assert [spec.text for spec in cut.faults] == ["reset at=event:5", "crlf"]
    assert (cut.name, cut.cassettes, cut.pacing) == ("cut", (Path("all"),), Pacing(speed=2, seed=6))
    assert slow.pacing == Pacing(speed=2, seed=6, gap=Fixed(500))
    assert slow.match == {"ignore": ("user",), "pick": "best"}
    assert slow.cassettes == (Path("one.yaml"),)
    assert [spec.text for spec in slow.faults] == ["crlf"]
    assert (same.cassettes, same.match) == (settings.session.cassettes, settings.session.match)
    sessions = {name: place for name, place in settings.origins.items() if name.startswith("sessions.")}
    assert sessions == {
        "sessions.cut.faults": "mocksse.yaml:6",
        "sessions.slow.pacing.gap": "mocksse.yaml:8",
        "sessions.slow.match.pick": "mocksse.yaml:9",
        "sessions.slow.cassettes": "mocksse.yaml:10",
    }


def test_recordings_have_a_place_where_nothing_says() -> None:
    settings = held("sessions: {s: {record: new}}", upstream=("https://u",), record="once")
    assert settings.session.cassettes == settings.sessions["s"].cassettes == (Path("cassettes"),)
    assert "cassettes" not in settings.origins
    assert held(upstream=("https://u",)).session.cassettes == ()


def test_upstreams_and_routes_are_tables_however_they_are_said() -> None:
    wanted = {"/a": "https://x/v1", "": "http://[::1]:8091"}
    yaml = held("upstream: {/a: https://x/v1, '': 'http://[::1]:8091'}\nroutes: {/s: a=b}")
    environ = {"MOCKSSE_UPSTREAM": "/a=https://x/v1 ; http://[::1]:8091", "MOCKSSE_ROUTE": "/s=a=b"}
    flags: dict[str, Any] = {"upstream": ("/a=https://x/v1", "http://[::1]:8091"), "routes": ("/s=a=b",)}
    for settings in (yaml, held("", environ), held("", {}, **flags)):
        assert settings.session.upstream == wanted
        assert settings.session.routes == {"/s": "a=b"}
    assert held("upstream: https://x").session.upstream == {"": "https://x"}


def test_lists_of_the_environment() -> None:
    settings = held(
        "",
        {
            "MOCKSSE_CASSETTES": "a:b c:",
            "MOCKSSE_FAULT": "crlf; reset at=event:5",
            "MOCKSSE_ALLOW_HOST": "Mock;other",
            "MOCKSSE_KEEP_HEADER": "X-Request-Id",
            "MOCKSSE_IGNORE": "user;$.messages[0].id",
            "MOCKSSE_MATCH_HEADER": "X-Team",
            "MOCKSSE_QUIET": "",
            "MOCKSSE_STREAMS": "/elsewhere",
        },
    )
    assert settings.session.cassettes == (Path("a"), Path("b c"))
    assert [spec.text for spec in settings.session.faults] == ["crlf", "reset at=event:5"]
    assert settings.allow_host == ("mock", "other")
    assert settings.redact == {"keep_headers": ("x-request-id",)}
    assert settings.session.match == {"headers": ("x-team",), "ignore": ("user", "$.messages[0].id")}
    assert settings.origins["faults"] == "MOCKSSE_FAULT"
    assert settings.quiet is False


@pytest.mark.parametrize(
    ("low", "high", "wanted", "origin"),
    [
        ("strict: true", {}, "exact", "mocksse.yaml:1"),
        ("strict: true", {"match__body": "subset"}, "subset", "--match-body"),
        ("body: subset", {"match__strict": True}, "exact", "--strict"),
        ("body: subset", {"match__strict": False}, "best", "--no-strict"),
    ],
)
def test_strict_is_a_rule_of_the_body(low: str, high: dict[str, Spoken], wanted: str, origin: str) -> None:
    settings = held(f"match: {{{low}}}", **high)
    assert settings.session.match["body"] == wanted
    assert settings.origins["match.body"] == origin


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("prot: 8080", "mocksse.yaml:1: a settings file has no 'prot' (did you mean port?)"),
        ("host: a\nport: x", "mocksse.yaml:2: port: expected a whole number of 0 or more, found 'x'"),
        ("port: 70000", "mocksse.yaml:1: port: expected a whole number up to 65,535, found 70000"),
        (
            "pacing:\n  speed: 0",
            "mocksse.yaml:2: speed: 0 would never end (use a factor such as 0.5 or 10, or instant)",
        ),
        ("pacing: {spede: 2}", "mocksse.yaml:1: pacing has no 'spede' (did you mean speed?)"),
        ("pacing:\n  gap: 1\n  tps: 2", "mocksse.yaml:2: gap and tps both say how long chunks wait (keep one of them)"),
        ("pacing: {seed: 1}\nseed: 2", "mocksse.yaml:2: seed: pacing says it too (keep one of them)"),
        ("faults:\n- crlf\n- rest", "mocksse.yaml:3: fault 'rest', column 1: no fault is called rest (did you mean re"),
        ("faults: 1", "mocksse.yaml:1: faults: expected a list or text, found 1 (put it in quotes)"),
        ("record: onec", "mocksse.yaml:1: record: expected all, new, none or once, found 'onec' (did you mean once?)"),
        ("record: once", "mocksse.yaml:1: record once without an upstream (say --upstream URL)"),
        ("match: {strict: true, body: best}", "mocksse.yaml:1: strict: body says it too (keep one of strict and body)"),
        ("match:\n  headers: [a b]", "mocksse.yaml:2: headers: 'a b' is no name of a header"),
        (
            "routes:\n  stream: x",
            "mocksse.yaml:2: stream: 'stream=x' is not a route (a path that begins with /, and th",
        ),
        ("routes: {/s: 1}", "mocksse.yaml:1: /s: expected text, found 1 (put it in quotes)"),
        ("upstream: ftp://x", "mocksse.yaml:1: upstream: not the URL of a server (such as https://api.openai.com, or "),
        ("upstream: 'http://x:port'", "mocksse.yaml:1: upstream: not the URL of a server"),
        ("upstream: {openai: https://x}", "mocksse.yaml:1: openai: 'openai' is no prefix of a path (it begins with /)"),
        ("upstream: https://x/?key=SECRET", "mocksse.yaml:1: upstream: a query or fragment in the URL; the client se"),
        ("upstream: {/a: https://u:SECRET@x}", "mocksse.yaml:1: /a: a user or a password in the URL; the client sen"),
        ("token: 12345678", "mocksse.yaml:1: token: expected text (put it in quotes)"),
        ("token: [SECRET]", "mocksse.yaml:1: token: expected text (put it in quotes)"),
        ("token: SECRET one", "mocksse.yaml:1: token: has characters that no header can carry (use visible ASCII)"),
        ("match:\n  ignore: [user, '$.[']", "mocksse.yaml:2: ignore: $.[ is no JSONPath: "),
        ("match:\n  headers: authorization", "mocksse.yaml:2: headers: authorization holds a credential, and no "),
        ("redact:\n  patterns: (", "mocksse.yaml:2: the pattern '(' is no regular expression: missing ), "),
        ("redact:\n  jsonpaths: $.[", "mocksse.yaml:2: '$.[' is no JSONPath: "),
        ("allow_host: http://x", "mocksse.yaml:1: allow_host: 'http://x' is no name of a host (a name alone, without"),
        ("allow_host: [x, 'x:80']", "mocksse.yaml:1: allow_host: 'x:80' is no name of a host ("),
        ("sessions:\n  a: {}\n  default: {}", "mocksse.yaml:3: the default session is what the file says at its top ("),
        ("tls_key: k.pem", "mocksse.yaml:1: a key without a certificate (say tls_cert too)"),
        (
            "sessions: [a]",
            "mocksse.yaml:1: sessions: expected a mapping of names (such as {slow: {pacing: {gap: 500}}})",
        ),
        ("sessions:\n  a: {}\n  '@b': {}", "mocksse.yaml:3: '@b' is no name of a session (letters, digits, dot, _ and"),
        (f"sessions: {{{'a' * 65}: }}", f"mocksse.yaml:1: '{'a' * 59}…' is no name of a session"),
        ("sessions:\n  a: {}\n  b:\n    pcing: {}", "mocksse.yaml:4: a session has no 'pcing' (did you mean pacing?)"),
        ("sessions: {a: {port: 1}}", "mocksse.yaml:1: a session has no 'port' ("),
        ("sessions: {a: 5}", "mocksse.yaml:1: not a session (a session is words such as cassettes: chat.yaml)"),
        ("sessions:\n  a: {record: all}", "mocksse.yaml:2: record all without an upstream (say --upstream URL)"),
        ("- port", "mocksse.yaml:1: not settings (settings are words such as port: 8080)"),
        ("port: 1\nport: 2", "mocksse.yaml:2: the key 'port' stands here twice (keep one of them)"),
        ("a: &b 1", "mocksse.yaml:1: anchors are not allowed ("),
        ("port: [", "mocksse.yaml:1: not YAML: "),
    ],
)
def test_a_wrong_file_is_one_line_with_the_place(text: str, line: str) -> None:
    said = refused(text)
    assert said.startswith(line)
    assert "SECRET" not in said


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("PORT", "x", "MOCKSSE_PORT: expected a whole number of 0 or more, found 'x'"),
        ("PORT", "1.5", "MOCKSSE_PORT: expected a whole number of 0 or more, found 1.5"),
        ("TIMEOUT", "soon", "MOCKSSE_TIMEOUT: expected a number from 0.001 to 86400, found 'soon'"),
        ("QUIET", "maybe", "MOCKSSE_QUIET: expected true or false, found 'maybe'"),
        ("SPEED", "fast", "MOCKSSE_SPEED: 'fast' is not a number of 0 or more"),
        ("FAULT", "crlf; rest", "MOCKSSE_FAULT: fault 'crlf; rest', column 7: no fault is called rest (did you mean"),
        ("RECORD", "some", "MOCKSSE_RECORD: expected all, new, none or once, found 'some'"),
        ("RECORD", "once", "MOCKSSE_RECORD: record once without an upstream (say --upstream URL)"),
        (
            "MATCH_BODY",
            "exat",
            "MOCKSSE_MATCH_BODY: expected best, exact, ignore, last-user-message or subset, found '",
        ),
        ("UPSTREAM", "https://u:SECRET@x", "MOCKSSE_UPSTREAM: a user or a password in the URL; the client sends its"),
        ("UPSTREAM", "https://x;https://y", "MOCKSSE_UPSTREAM: an upstream for every path is said twice (keep one)"),
        ("ROUTE", "/a=b;/a=c", "MOCKSSE_ROUTE: /a is said twice (keep one)"),
        ("ROUTE", "/a", "MOCKSSE_ROUTE: '/a=' is not a route ("),
        ("TOKEN", "SECRET\tone", "MOCKSSE_TOKEN: has characters that no header can carry (use visible ASCII)"),
        (
            "CONFIG",
            "nowhere.yaml",
            "nowhere.yaml: can't be read: No such file or directory (--config",
        ),
    ],
)
def test_a_wrong_variable_is_named(name: str, text: str, line: str) -> None:
    said = refused("", {f"MOCKSSE_{name}": text})
    assert said.startswith(line)
    assert "SECRET" not in said


def test_a_wrong_flag_is_named() -> None:
    assert refused(port="x").startswith("--port: expected a whole number")
    assert refused(pacing__gap="5", pacing__tps="5").startswith("--gap and --tps both say how long chunks wait")
    many = tuple(["crlf"] * 65)
    assert refused(faults=many) == "--fault: 65 of them; 64 is the most"
    with pytest.raises(UsageError, match=r"^URL: not the URL of a server"):
        settings_of({"upstream": ("x",)}, {}, spelt={"upstream": "URL"})


def test_what_is_said_is_kept_over_what_is_not() -> None:
    low = SessionSettings(cassettes=(Path("a"),), record="all", said=frozenset({"cassettes", "record"}))
    high = SessionSettings(name="n", record="none", said=frozenset({"record"}))
    assert high.over(low) == SessionSettings(
        name="n", cassettes=(Path("a"),), record="none", said=frozenset({"cassettes", "record"})
    )


def test_a_token_is_not_in_what_a_log_would_show() -> None:
    settings = held("", {"MOCKSSE_TOKEN": "SECRET"})
    assert settings.token == "SECRET"
    assert "SECRET" not in repr(settings)
