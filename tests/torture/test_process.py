"""Clients as processes: whatever one does, it ends in time, with all its children, and in a clear word."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from mocksse import limits
from mocksse.errors import UsageError
from mocksse.torture.process import Kept, Once
from mocksse.torture.told import GarbageError, Heard, read, sound

pytestmark = pytest.mark.long

WORDS = {"url": "http://127.0.0.1:1/v1", "api": "openai-chat", "timeout": "1"}
OK = """print('{"outcome": "ok", "text": "hi"}', flush=True)"""
FOREVER = "import time; time.sleep(600)"


def once(code: str, *more: str) -> Once:
    return Once((sys.executable, "-c", code, *more))


def answer(code: str, seconds: float = 20.0) -> tuple[str, str]:
    ran = once(code).answer(WORDS, seconds)
    return ran.how, ran.detail


def test_a_line_is_told() -> None:
    ran = once(f"import sys; print('talk'); {OK}").answer(WORDS, 20)
    assert ran.how == "told"
    assert ran.told is not None
    assert (ran.told.outcome, ran.told.text, ran.told.events) == ("ok", "hi", None)


def test_the_words_are_put_in_without_a_shell() -> None:
    code = "import json, sys; print(json.dumps({'outcome': 'ok', 'text': ' '.join(sys.argv[1:])}))"
    ran = once(code, "{url}/x", "--api={api}", "$HOME", "{timeout}").answer(WORDS, 20)
    assert ran.told is not None
    assert ran.told.text == "http://127.0.0.1:1/v1/x --api=openai-chat $HOME 1"


@pytest.mark.parametrize(
    ("code", "how", "detail"),
    [
        ("pass", "silent", ""),
        ("raise TypeError('no')", "crashed", "exit code 1: TypeError: no"),
        ("import os; os.kill(os.getpid(), 11)", "crashed", "signal SIGSEGV"),
        ("print('hello')", "garbage", "it is no JSON: hello"),
        ("print('[1]')", "garbage", "it is no JSON object: [1]"),
        ("print('{}')", "garbage", 'its "outcome" is neither "ok" nor "error": {}'),
        ('import sys; sys.stdout.write(\'{"outcome": "ok"}\')', "told", ""),
        ('import sys; sys.stdout.write(\'{"outcome": "o\')', "silent", "its line breaks off behind 14 bytes"),
        ("print('hello'); raise SystemExit(3)", "crashed", "exit code 3: hello"),
        ("print('hello'); raise TypeError('no')", "crashed", "exit code 1: TypeError: no"),
        (f"{OK}; raise SystemExit(3)", "told", ""),
    ],
)
def test_how_it_ended(code: str, how: str, detail: str) -> None:
    assert answer(code) == (how, detail)


def test_who_hangs_is_ended() -> None:
    assert answer(FOREVER, 0.5) == ("timeout", "")


@pytest.mark.parametrize("last", ["print('hello', flush=True)", "import os; os.close(1); os.close(2)"])
def test_who_hangs_behind_other_words_or_with_closed_mouth_hangs_all_the_same(last: str) -> None:
    assert answer(f"{last}; {FOREVER}", 1.5) == ("timeout", "")


def test_who_says_its_line_and_hangs_has_said_it() -> None:
    assert "told" in (answer(f"{OK}; {FOREVER}", seconds)[0] for seconds in (1.5, 15))


def test_who_says_its_line_and_no_more_is_not_waited_for() -> None:
    began = time.monotonic()
    assert answer(f"{OK}; import os; os.close(1); os.close(2); {FOREVER}", 300)[0] == "told"
    assert time.monotonic() - began < 60


def test_who_floods_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_CLIENT_LINE_BYTES", 1 << 20)
    assert answer("while True: print('x' * 65536)")[0] == "flooded"


def test_a_flood_on_stderr_is_nobodys_trouble() -> None:
    assert answer(f"import sys\nfor _ in range(300): sys.stderr.write('x' * 65536)\n{OK}")[0] == "told"


def test_its_children_are_ended_with_it(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    child = f"import os, time; open({str(pid)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    code = f"""
import subprocess, sys, time, os
subprocess.Popen([sys.executable, '-c', {child!r}])
while not (os.path.exists({str(pid)!r}) and open({str(pid)!r}).read()): time.sleep(0.01)
{OK}
"""
    began = time.monotonic()
    assert answer(code)[0] == "told"  # though the child holds its stdout open
    assert time.monotonic() - began < 15
    assert _is_gone(int(pid.read_text()))


def _is_gone(pid: int, seconds: float = 5.0) -> bool:
    """Whether nothing of that number runs any more; one that is dead and unread by its parent does not run."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        status = Path(f"/proc/{pid}/status")
        if status.exists() and "State:\tZ" in status.read_text():
            return True
        time.sleep(0.02)
    return False


def test_a_program_that_is_not_there_is_said() -> None:
    with pytest.raises(UsageError, match="no-such-program: No such file"):
        Once(("no-such-program",)).answer(WORDS, 1)


SERVES = """
import json, sys
for line in sys.stdin:
    url, _, api, _, timeout = json.loads(line)
    {body}
"""


def kept(body: str) -> Kept:
    return Kept((sys.executable, "-c", SERVES.replace("{body}", body)))


def test_one_process_gives_many_answers() -> None:
    runner = kept("import os; print(json.dumps({'outcome': 'ok', 'text': str(os.getpid())}), flush=True)")
    found = [runner.answer(WORDS, 20) for _ in range(3)]
    runner.close()
    assert len({ran.told.text for ran in found if ran.told}) == 1


def test_a_process_that_is_gone_is_started_again() -> None:
    runner = kept("sys.exit('out of it') if api == 'x' else print('{\"outcome\": \"ok\"}', flush=True)")
    hows = [runner.answer({**WORDS, "api": api}, 20) for api in ("a", "x", "a")]
    runner.close()
    assert [ran.how for ran in hows] == ["told", "crashed", "told"]
    assert hows[1].detail == "exit code 1: out of it"


def test_a_process_that_hangs_is_started_again() -> None:
    runner = kept("__import__('time').sleep(600 if api == 'x' else 0); print('{\"outcome\": \"ok\"}', flush=True)")
    hows = [runner.answer({**WORDS, "api": api}, 1.0 if api == "x" else 20).how for api in ("a", "x", "a")]
    runner.close()
    assert hows == ["told", "timeout", "told"]


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"null",
        b'{"outcome": "fine"}',
        b'{"outcome": "ok", "text": 5}',
        b'{"outcome": "ok", "tool_calls": {}}',
        b'{"outcome": "ok", "tool_calls": [1]}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_result_is_garbage(line: bytes) -> None:
    with pytest.raises(GarbageError):
        read(line)


def test_what_a_line_may_hold() -> None:
    told = read(
        b'{"outcome": "error", "tool_calls": [{"name": "f", "arguments": {"a": 1}}], "attempts": 2, '
        b'"events": [{"type": "", "data": "x"}, {"kind": "open"}], "error_type": null}'
    )
    assert told.tool_calls is not None
    assert told.tool_calls[0].arguments == '{"a": 1}'
    assert told.events == (Heard("message", "x"),)
    assert (told.error_type, told.attempts) == ("", 2)
    assert read(b'{"outcome": "ok", "events": ["chunk", "chunk"]}').events is None
    assert read(b'\xef\xbb\xbf{"outcome": "ok"}').outcome == "ok"


def test_half_pairs_are_made_sound() -> None:
    assert sound("a\ud83d") == "a\ufffd"
    assert sound("\ud83d\ude00") == "😀"
