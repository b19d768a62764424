"""The page of the control API: well-formed, whole, and without a link that leads nowhere."""

from __future__ import annotations

from html.parser import HTMLParser

from mocksse.server.control.openapi import description
from mocksse.server.control.page import html

VOID = {"meta", "link", "wbr"}


class Reader(HTMLParser):
    """Ids and links; `open` is what was not closed, and an end that closes nothing raises."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page() -> None:
    reader = Reader()
    reader.feed(html())
    reader.close()
    assert reader.open == []
    assert len(set(reader.ids)) == len(reader.ids)
    assert "script" not in reader.tags
    elsewhere = {link for link in reader.links if not link.startswith("#")}
    assert elsewhere == {"openapi.json", "data:,"}
    assert {link[1:] for link in reader.links if link.startswith("#")} <= set(reader.ids)
    operations = {one["operationId"] for methods in description()["paths"].values() for one in methods.values()}
    assert operations <= set(reader.ids)
    assert "@" not in html().replace("/@cut/", "").replace("@request.json", "").replace("@media", ""), (
        "all is filled in"
    )
