"""The page as a file: whole in itself, running nothing but what it is made of; no string of a stream is markup."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from breaking import recording

from mocksse.view import page

HOSTILE = b'data: {"choices":[{"index":0,"delta":{"content":"</script><script>x<!--"}}]}\n\n'
FILE = page.of_recordings([("chat", recording(HOSTILE))])


class Elements(HTMLParser):
    """All elements, and what scripts and styles hold."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

        if tag in {"script", "style"}:
            self.texts.append((tag, ""))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem:
            tag, before = self.texts.pop()
            self.texts.append((tag, before + data))


@pytest.mark.parametrize("text", [page.served(), FILE])
def test_it_asks_for_nothing_and_names_no_other_place(text: str) -> None:
    for tag, attributes in Elements(text).found:
        for name in ("src", "href", "action", "srcset", "data", "poster"):
            value = attributes.get(name) or ""
            assert value.startswith(("data:", "#")) or not value, tag
        assert not {name for name in attributes if name.startswith("on") or name == "style"}
    style = "".join(data for tag, data in Elements(text).texts if tag == "style")
    assert "url(" not in style
    assert "@import" not in style


def test_its_policy_has_the_hashes_of_what_is_in_it() -> None:
    style, data, script = Elements(page.served()).texts
    assert data == ("script", "null")
    for tag, text in (style, script):
        digest = b64encode(sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in page.policy()


def test_a_file_says_its_policy_itself_and_asks_nobody() -> None:
    (said,) = [a["content"] for tag, a in Elements(FILE).found if tag == "meta" and a.get("http-equiv")]
    assert said == page.policy(alone=True)
    assert "connect-src 'none'" in str(said)


def test_no_string_of_a_stream_ends_the_data() -> None:
    scripts = [data for tag, data in Elements(FILE).texts if tag == "script"]
    value = json.loads(scripts[0])
    (frame,) = value["recordings"][0]["frames"]
    assert frame["says"][0]["text"] == "</script><script>x<!--"
    assert len([1 for tag, _ in Elements(FILE).found if tag == "script"]) == 2


def test_no_script_reads_markup_or_evaluates() -> None:
    own = page._script().partition('"use strict"')[2]
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc", own)


def test_the_licence_of_what_it_carries_is_in_it() -> None:
    assert "Permission is hereby granted" in page.served()
