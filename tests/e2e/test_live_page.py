"""The page in a real Chromium: seen typing, moved about, broken by a click; and what it must never do.

Every page of this module is watched: an error on the console, a breach of its policy, or a request to any other origin
than the server's fails the test.
"""

from __future__ import annotations

import json
import re
import socket
import threading
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from served import Serving

from mocksse.cli import run
from mocksse.server.guard import Guard
from mocksse.server.run import world_of
from mocksse.settings.resolve import settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, ConsoleMessage, Page

pytestmark = pytest.mark.long

WORDS = ("Rivers", " carry", " <script>window.owned = 1</script>", " <b>stones</b>", " down", " the", " valley", ".")
ANSWER = "".join(WORDS)
GAP_MS = 60
SAID = [
    {"comment": " ping"},
    *({"reasoning_content": word} for word in ("Think", " about", " water.")),
    *({"content": word} for word in WORDS),
    {"tool_calls": [{"index": 0, "id": "call_1", "function": {"name": "weather", "arguments": ""}}]},
    {"tool_calls": [{"index": 0, "function": {"arguments": '{"city": '}}]},
    {"tool_calls": [{"index": 0, "function": {"arguments": '"Rome"}'}}]},
]
COUNTS = {"Reasoning": 3, "Text": 8, "Tools": 3, "Usage": 2, "Comments": 1, "Other": 1}


def tape() -> str:
    """An answer with something in every lane but that for errors, and markup in its text."""
    stream: list[dict[str, Any]] = []
    for said in SAID:
        one = said if "comment" in said else {"data": json.dumps({"choices": [{"index": 0, "delta": said}]})}
        stream.append({"after_ms": GAP_MS, **one})
    stream.append(
        {"after_ms": GAP_MS, "data": '{"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]}'}
    )
    stream.append({"after_ms": 0, "data": '{"choices": [], "usage": {"completion_tokens": 11}}'})
    stream.append({"after_ms": 0, "data": "[DONE]"})
    long = [
        {"after_ms": 1, "data": json.dumps({"choices": [{"index": 0, "delta": {"content": f" {n}"}}]})}
        for n in range(5000)
    ]
    tapes = [("rivers", "/v1/chat/completions", stream), ("long", "/long/v1/chat/completions", long)]
    return json.dumps(
        {
            "mocksse": 1,
            "interactions": [
                {
                    "name": name,
                    "request": {"method": "POST", "path": path, "json": {"stream": True}},
                    "response": {"status": 200, "headers": [["Content-Type", "text/event-stream"]], "stream": events},
                }
                for name, path, events in tapes
            ],
        }
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("tapes")
    (where / "chat.yaml").write_text(tape())
    return where


def served(folder: Path, token: str = "") -> Serving:
    """A server of this folder's cassettes, on a thread."""
    world = world_of(settings_of({"cassettes": (str(folder),)}, {}))
    world.guard = Guard(token=token)
    return Serving(world)


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Serving]:
    with served(folder) as running:
        yield running


def url_of(server: Serving) -> str:
    return f"http://127.0.0.1:{server.port}"


@dataclass(slots=True)
class Watched:
    """What went wrong on a page, and where its requests went."""

    wrong: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def message(self, message: ConsoleMessage) -> None:
        """Chromium itself notes every answer that is an error; a 422 is the server's word on a fault that is none."""
        if message.type in {"error", "warning"} and "status of 422" not in message.text:
            self.wrong.append(message.text)


@contextmanager
def looking(
    browser: Browser, url: str, *, width: int = 1280, scheme: Any = "light", wants: str = "live"
) -> Iterator[Page]:
    """A page at that address. `wants`: what its corner says once it is there."""
    seen = Watched()
    with browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    ) as context:
        page = context.new_page()
        page.on("console", lambda message: seen.message(message))  # noqa: PLW0108 - playwright marks what it is given
        page.on("pageerror", lambda error: seen.wrong.append(str(error)))
        page.on("request", lambda request: seen.asked.append(request.url))
        page.set_default_timeout(10_000)
        page.goto(url)
        page.get_by_text(wants, exact=True).first.wait_for()
        yield page
    origin = urlsplit(url)[:2]
    assert [asked for asked in seen.asked if urlsplit(asked)[:2] != origin and not asked.startswith("data:")] == []
    assert seen.wrong == []


def ask(server: Serving, path: str = "/v1/chat/completions") -> bytes:
    """What a client gets of the answer."""
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(f"{url_of(server)}{path}", b'{"stream": true}', headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return bytes(answer.read())
    except OSError as error:
        return repr(error).encode()


def call(server: Serving, method: str, path: str, value: object = None) -> Any:
    """What the control API answers."""
    status, answer = server.call(method, path, value)
    assert status < 300, answer
    return answer


def text_of(page: Page) -> str:
    return page.locator(".answer .block.text .said").inner_text()


def is_part(text: str) -> bool:
    """Whether it is some of the answer, and not all of it."""
    return 0 < len(text) < len(ANSWER) and ANSWER.startswith(text)


def lanes_of(page: Page) -> dict[str, int]:
    rows = page.locator(".lane-names li")
    return {
        row.locator("span").inner_text(): int(row.locator("small").inner_text().replace(",", "")) for row in rows.all()
    }


@pytest.fixture
def page(browser: Browser, server: Serving) -> Iterator[Page]:
    """The page of a server that nobody asked yet."""
    call(server, "POST", "/sessions/default/reset")
    with looking(browser, f"{url_of(server)}/__mocksse/") as opened:
        yield opened


def test_a_stream_is_seen_typing_and_its_lanes_hold_it(page: Page, server: Serving) -> None:
    page.evaluate(
        """() => {
          window.seen = new Set();
          new MutationObserver(() => {
            const text = document.querySelector(".answer .block.text .said")?.textContent;
            if (text && document.querySelector(".chip.live")) window.seen.add(text);
          }).observe(document.getElementById("main"), {subtree: true, childList: true, characterData: true});
        }"""
    )
    client = threading.Thread(target=ask, args=(server,))
    client.start()
    page.locator(".chip.live").wait_for()
    page.locator(".chip", has_text="complete").wait_for()
    client.join()
    seen = sorted(page.evaluate("[...window.seen]"), key=len)
    assert len(seen) > 3, "it grew while it streamed"
    assert all(ANSWER.startswith(text) for text in seen)
    assert text_of(page) == ANSWER
    assert page.evaluate("window.owned") is None
    assert page.locator(".block.reasoning .said").inner_text() == "Think about water."
    assert page.locator(".block.tool .said").inner_text() == '{"city": "Rome"}'
    assert lanes_of(page) == COUNTS


@pytest.fixture
def opened(page: Page, server: Serving) -> Page:
    """The page with a whole answer open, that went out eight times as fast."""
    call(server, "PATCH", "/sessions/default", {"pacing": {"speed": 8}})
    ask(server)
    page.locator(".chip", has_text="complete").wait_for()
    return page


def test_the_scrubber_types_it_again(opened: Page, server: Serving) -> None:
    value = call(server, "GET", "/sessions/default/requests/1/timeline")
    said = [(frame["step"], one["text"]) for frame in value["frames"] for one in frame["says"] if one["kind"] == "text"]
    # A busy machine makes several writes at one moment.
    times = [(value["steps"][step]["written_ms"], text) for step, text in said]
    third = times[2][0]
    scrubber = opened.get_by_label("Place in time")
    scrubber.fill("0")
    assert opened.get_by_text("Nothing has come yet.").is_visible()
    scrubber.fill(str(round(third * 1000)))
    assert text_of(opened) == "".join(text for ms, text in times if ms <= third)
    opened.get_by_label("Speed", exact=True).fill("2")
    opened.get_by_label("Play it again").click()
    opened.get_by_label("Play it again").wait_for()
    assert text_of(opened) == ANSWER


def test_keys_move_in_the_timeline(opened: Page) -> None:
    timeline = opened.get_by_role("slider", name="Timeline")
    timeline.focus()
    opened.keyboard.press("Home")
    assert timeline.get_attribute("aria-valuenow") == "0"
    for _ in range(5):
        opened.keyboard.press("ArrowRight")
    assert timeline.get_attribute("aria-valuenow") == "5"
    assert "Write 5" in opened.locator(".inspector h3").inner_text()
    assert " water." in str(timeline.get_attribute("aria-valuetext"))
    assert re.match(r"[0-9a-f]+\\r\\n\n?data: \{", opened.locator(".bytes").inner_text()), "framing can be seen"
    opened.keyboard.press("End")
    assert text_of(opened) == ANSWER
    opened.keyboard.press("Escape")
    assert "#1" in opened.evaluate("document.activeElement.textContent"), "back to the list"


def test_a_fault_added_by_click_breaks_the_next_request(opened: Page, server: Serving) -> None:
    opened.get_by_role("button", name="Break it…").click()
    opened.get_by_role("button", name="reset the connection").click()
    opened.get_by_label("Fault", exact=True).fill("reset at=finish")
    line = opened.locator(".commands code").nth(1).inner_text()
    assert line.startswith(f"curl {url_of(server)}/__mocksse/sessions/default/faults")
    assert "reset at=finish" in line
    opened.get_by_role("button", name="Add", exact=True).click()
    opened.locator(".bar .chip.fault", has_text="reset at=finish").wait_for()
    assert call(server, "GET", "/sessions/default/faults") == {"faults": ["reset at=finish"]}
    assert b"Connection" in ask(server)
    opened.locator(".title .chip.bad", has_text="reset (RST)").wait_for()
    assert opened.locator(".title .chip.fault", has_text="reset at=finish").is_visible()
    opened.get_by_label("Take away reset at=finish").click()
    opened.locator(".bar .chip.fault").wait_for(state="detached")
    assert call(server, "GET", "/sessions/default/faults") == {"faults": []}


def test_what_is_no_fault_is_said_and_escape_closes(page: Page) -> None:
    page.get_by_role("button", name="Break it…").click()
    page.get_by_label("Fault", exact=True).fill("resett")
    page.get_by_role("button", name="Add", exact=True).click()
    assert "reset" in page.get_by_role("alert").inner_text()
    page.keyboard.press("Escape")
    assert not page.locator("dialog").is_visible()


def test_the_pace_is_changed_by_click(page: Page, server: Serving) -> None:
    page.get_by_text("instant", exact=True).click()
    page.wait_for_function(
        "fetch('/__mocksse/sessions/default').then(r => r.json()).then(s => s.pacing.speed === 'instant')"
    )


def test_a_recording_can_be_asked_for(page: Page) -> None:
    page.get_by_role("button", name="rivers").click()
    page.get_by_role("button", name="Ask for it now").click()
    page.locator(".title .chip", has_text="complete").wait_for()
    page.locator(".rows button", has_text="#1").wait_for()


def test_a_request_nobody_recorded_is_explained(page: Page, server: Serving) -> None:
    ask(server, "/v1/nothing")
    page.get_by_text("Nobody recorded this").wait_for()
    assert "path" in page.locator(".near").first.inner_text()


def test_five_thousand_events_open_and_fit_a_telephone(browser: Browser, server: Serving) -> None:
    with looking(browser, f"{url_of(server)}/__mocksse/#/r/chat%23long", width=400) as page:
        page.get_by_role("slider", name="Timeline").wait_for()
        assert lanes_of(page) == {"Text": 5000}
        assert text_of(page).endswith(" 4999")
        assert page.evaluate("document.documentElement.scrollWidth") <= 400


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(browser: Browser, server: Serving, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    call(server, "PUT", "/sessions/default/faults", {"faults": ["reset at=finish"]})
    call(server, "PATCH", "/sessions/default", {"pacing": {"speed": "instant"}})
    ask(server)
    number = call(server, "GET", "/sessions/default")["requests"]
    with looking(browser, f"{url_of(server)}/__mocksse/#/s/default/{number}", scheme=scheme) as page:
        page.locator(".inspector .bytes").wait_for()
        found = axe.run(page).response["violations"]
        page.get_by_role("button", name="Break it…").click()
        page.locator("dialog .commands code").first.wait_for()
        found += axe.run(page).response["violations"]
    assert [(f["id"], [n["html"] for n in f["nodes"]]) for f in found if f["impact"] in {"serious", "critical"}] == []


def test_a_token_is_asked_for_and_never_in_an_address(browser: Browser, folder: Path) -> None:
    with served(folder, token="s3cret-t0ken") as server, browser.new_context() as context:
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{url_of(server)}/__mocksse/")
        page.get_by_label("Token").fill("s3cret-t0ken")
        page.get_by_role("button", name="Open").click()
        page.get_by_text("live", exact=True).wait_for()
        page.get_by_role("button", name="Break it…").wait_for()
        assert "s3cret" not in " ".join([*asked, page.url, page.content()])


def test_a_file_needs_no_server(browser: Browser, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.html"
    assert run(["show", str(folder / "chat.yaml"), "--html", str(out)]) == 0
    with looking(browser, out.as_uri(), wants="2 recordings") as page:
        assert lanes_of(page) == COUNTS
        assert text_of(page) == ANSWER
        assert page.evaluate("window.owned") is None
        page.get_by_label("Place in time").fill(str(5 * GAP_MS * 1000))
        assert is_part(text_of(page))
        page.get_by_role("button", name="chat#long").click()
        page.locator(".lane-names small", has_text="5,000").wait_for()


def test_no_frame_of_another_page_holds_it(server: Serving) -> None:
    with socket.create_connection(("127.0.0.1", server.port), 5) as connection:
        connection.sendall(b"GET /__mocksse/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        head = b"".join(iter(lambda: connection.recv(65536), b"")).partition(b"\r\n\r\n")[0].decode()
    policy = next(line for line in head.splitlines() if line.lower().startswith("content-security-policy:"))
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
