"""The Node half of the contract says what the Python half says: arguments, what counts as an error, one line each."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from mocksse.torture.clients.described import NODE

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.long

PROGRAM = f"""
import {{ Failure, run }} from "{(NODE / "contract.mjs").as_uri()}";
async function stream(options, seen) {{
  console.log("a client may be chatty");
  seen.attempts += 1;
  seen.text("caf\\udcc3");
  seen.text(null);
  seen.reasoning(options.api);
  seen.call("b", {{ id: "1", name: "g", args: "{{" }});
  seen.call("a", {{ name: "f" }});
  seen.call("b", {{ id: "", args: "}}" }});
  seen.usage({{ in: 1, out: 1 }});
  seen.usage({{ out: 7, in: null }});
  seen.event("delta");
  seen.event(process.env.OPENAI_API_KEY ?? "no key");
  if (options.baseUrl === "throw") throw new TypeError("words", {{ cause: new Error("why") }});
  if (options.baseUrl === "object") throw {{ type: "t" }};
  if (options.baseUrl === "fail") throw new Failure("Kind", "m".repeat(20_000));
  if (options.baseUrl === "stray") {{
    setTimeout(() => {{ throw new RangeError("stray"); }});
    await new Promise(() => {{}});
  }}
  seen.note([options.headers, options.retries ?? null, options.timeoutMs]);
}}
run({{ apis: ["one", "two"], packages: process.env.PACKAGES ? [process.env.PACKAGES] : [], stream }});
"""


@pytest.fixture(autouse=True)
def _node() -> None:
    if shutil.which("node") is None:
        if os.environ.get("MOCKSSE_REQUIRE_NODE") == "1":
            pytest.fail("MOCKSSE_REQUIRE_NODE=1, and there is no node on the PATH")
        pytest.skip("there is no node on the PATH")


def ran(folder: Path, *argv: str, stdin: str = "", **more: str) -> tuple[int, list[Any], str]:
    """The exit code, the lines of stdout, stderr."""
    (folder / "client.mjs").write_text(PROGRAM)
    environment = {"PATH": os.environ["PATH"], "OPENAI_API_KEY": "sk-real", **more}
    done = subprocess.run(
        ["node", str(folder / "client.mjs"), *argv],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=folder,
        env=environment,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_one_answer_is_one_line(tmp_path: Path) -> None:
    words = ("http://x", "--api", "two", "--header", "a:b: c ", "--retries", "0", "--timeout", "1.5")
    code, (line,), err = ran(tmp_path, *words)
    assert (code, err) == (0, "a client may be chatty\n")
    assert line == {
        "outcome": "ok",
        "text": "caf\udcc3",
        "reasoning": "two",
        "tool_calls": [{"id": "1", "name": "g", "arguments": "{}"}, {"id": "", "name": "f", "arguments": ""}],
        "usage": {"in": 1, "out": 7},
        "events": ["delta", "no key", [{"a": "b: c"}, 0, 1500]],
        "error_type": None,
        "error_message": None,
        "attempts": 1,
    }


def test_one_process_answers_line_by_line_whatever_is_thrown(tmp_path: Path) -> None:
    asked = (["ok"], ["throw"], ["object"], ["fail"], ["stray"], ["left", "--events", "1"])
    code, lines, _ = ran(tmp_path, "--serve", stdin="".join(f"{json.dumps(words)}\n" for words in asked))
    assert code == 0
    assert [(line["outcome"], line["error_type"], (line["error_message"] or "")[:20]) for line in lines] == [
        ("ok", None, ""),
        ("error", "TypeError", "words: why"),
        ("error", "object", '{"type":"t"}'),
        ("error", "Kind", "m" * 20),
        ("error", "RangeError", "stray"),
        ("ok", None, ""),
    ]
    assert lines[-1]["events"] == ["delta"]
    assert len(lines[3]["error_message"]) == 10_000


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["x", "y"],
        ["x", "--api", "three"],
        ["x", "--header", "no-colon"],
        ["x", "--header", ": v"],
        ["x", "--retries", "few"],
        ["x", "--events", "-1"],
        ["x", "--timeout", "long"],
        ["x", "--unknown"],
        ["x", "--serve"],
    ],
)
def test_wrong_usage_is_told_and_nothing_is_asked(tmp_path: Path, argv: list[str]) -> None:
    code, lines, err = ran(tmp_path, *argv)
    assert (code, lines) == (2, [])
    assert err.startswith("error: ")


def test_a_line_that_is_no_array_ends_it(tmp_path: Path) -> None:
    for wrong in ("a\n", '{"base_url": "a"}\n', "[1]\n", "[]\n"):
        code, lines, err = ran(tmp_path, "--serve", stdin='["a"]\n' + wrong)
        assert (code, len(lines)) == (2, 1)
        assert "error: " in err


def test_a_package_that_is_missing_is_told_with_the_command(tmp_path: Path) -> None:
    assert ran(tmp_path, "x", PACKAGES="ai") == (2, [], "ai is not installed: npm install ai@6.0.326\n")
    told = f"eventsource-parser is not installed: npm install --prefix {tmp_path} eventsource-parser@3.1.1\n"
    assert ran(tmp_path, "x", PACKAGES="eventsource-parser/stream", MOCKSSE_NODE=str(tmp_path)) == (2, [], told)


def test_a_package_is_found_from_the_current_folder_upward_and_in_the_folder_that_is_named(tmp_path: Path) -> None:
    package = tmp_path / "node_modules" / "any"
    package.mkdir(parents=True)
    (package / "index.js").write_text("module.exports = {};")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert ran(below, "x", PACKAGES="any")[0] == 0
    aside = tmp_path.parent / f"{tmp_path.name}-aside"
    aside.mkdir()
    assert ran(aside, "x", PACKAGES="any")[0] == 2
    assert ran(aside, "x", PACKAGES="any", MOCKSSE_NODE=str(tmp_path))[0] == 0
