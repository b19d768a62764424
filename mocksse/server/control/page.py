"""The control API's description as one page for people: no script, nothing from elsewhere, light or dark as they like.

Made of the OpenAPI document alone, so that it says nothing that the document does not.
"""

from __future__ import annotations

import json
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from mocksse.server.control.call import Reply
from mocksse.server.control.openapi import description

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mocksse.server.control.call import Call


async def page(_: Call) -> Reply:
    """The page."""
    return Reply(200, html().encode(), "text/html; charset=utf-8")


@cache
def html() -> str:
    """The whole page."""
    document = description()
    parts = ["\n".join(_group(document, tag["name"], tag["description"])) for tag in document["tags"]]
    shapes = "\n".join(_shape(name, shape) for name, shape in document["components"]["schemas"].items())
    jumps = "\n".join(f'<a href="#{_id(tag["name"])}">{escape(tag["name"])}</a>' for tag in document["tags"])
    filled = {"VERSION": escape(document["info"]["version"]), "JUMPS": jumps, "GROUPS": "\n".join(parts)}
    text = _HTML
    for word, value in {**filled, "SHAPES": shapes}.items():
        text = text.replace(f"@{word}@", value)
    return text


def _group(document: dict[str, Any], tag: str, text: str) -> Iterator[str]:
    yield f'<section id="{_id(tag)}"><h2>{escape(tag)}</h2><p>{escape(text)}</p>'
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if operation["tags"] == [tag]:
                yield _operation(method, path, operation)
    yield "</section>"


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    rows = [
        f"<tr><td><code>{escape(one['name'])}</code></td><td>{one['in']}, {_type(one['schema'])}</td>"
        f"<td>{escape(one.get('description', ''))}</td></tr>"
        for one in operation["parameters"]
    ]
    if body := operation.get("requestBody"):
        needed = "" if body["required"] else ", may be left out"
        rows.append(f"<tr><td>body</td><td>JSON{needed}</td><td>{_content(body)}</td></tr>")
    rows += [
        f'<tr><td><b class="s{status[0]}">{status}</b></td><td>{escape(answer["description"])}</td>'
        f"<td>{_content(answer)}</td></tr>"
        for status, answer in operation["responses"].items()
    ]
    parts = escape(path).replace("/", "/<wbr>").replace("{", "<i>{").replace("}", "}</i>")
    return (
        f'<details id="{operation["operationId"]}"><summary><b class="{method}">{method.upper()}</b>'
        f"<code>{parts}</code><span>{escape(operation['summary'])}</span></summary>"
        f"<table>{''.join(rows)}</table></details>"
    )


def _content(value: dict[str, Any]) -> str:
    """What a body is: its shape, or its media type."""
    for kind, content in value.get("content", {}).items():
        shape = content["schema"].get("$ref", "").rpartition("/")[2]
        return f'<a href="#shape-{shape}">{shape}</a>' if shape else f"<code>{escape(kind)}</code>"
    return ""


def _type(schema: dict[str, Any]) -> str:
    bounds = [f"from {schema['minimum']}"] if "minimum" in schema else []
    bounds += [f"to {schema['maximum']:,}"] if "maximum" in schema else []
    return escape(" ".join([schema["type"], *bounds]))


def _shape(name: str, shape: dict[str, Any]) -> str:
    text = escape(json.dumps(shape, ensure_ascii=False, indent=2))
    # The id is inside: a browser opens what it has to, to show what a link leads to.
    return f'<details><summary><code>{name}</code></summary><pre id="shape-{name}">{text}</pre></details>'


def _id(tag: str) -> str:
    return tag.lower().replace(" ", "-")


_HTML = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>mocksse control API</title><link rel="icon" href="data:,">
<style>
:root {
  color-scheme: light dark;
  --ink: light-dark(#1d2329, #dde3e9); --soft: light-dark(#5c6670, #98a3ae); --page: light-dark(#f6f7f9, #14181c);
  --card: light-dark(#fff, #1c2127); --line: light-dark(#dde2e7, #2e353d); --link: light-dark(#0a63b0, #79b8f5);
  --get: light-dark(#0a63b0, #79b8f5); --post: light-dark(#1a7436, #74cf8d); --put: light-dark(#8a5800, #e5b567);
  --patch: light-dark(#7442a8, #c8a2f2); --delete: light-dark(#b3261e, #f2938c);
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.55 system-ui, sans-serif; }
main { max-width: 58rem; margin: 0 auto; padding: 2.5rem 1.25rem 5rem; }
h1 { margin: 0; font-size: 1.7rem; letter-spacing: -.01em; }
h1 small { margin-left: .5rem; color: var(--soft); font-size: .9rem; font-weight: 400; letter-spacing: 0; }
h2 { margin: 2.4rem 0 0; font-size: 1.1rem; }
h2 + p { margin: .1rem 0 .7rem; color: var(--soft); }
a { color: var(--link); text-underline-offset: .15em; }
nav { display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; margin: 1rem 0; }
code, pre { font: 13px/1.55 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
pre { margin: .8rem 0; padding: .8rem 1rem; overflow-x: auto; background: var(--card); border: 1px solid var(--line);
  border-radius: 8px; }
details { margin: .35rem 0; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
details pre { scroll-margin-top: 4rem; margin: 0; border-width: 1px 0 0; border-radius: 0 0 8px 8px; }
summary { display: grid; grid-template-columns: 4.6rem minmax(0, 21rem) minmax(0, 1fr); gap: .2rem .8rem;
  align-items: baseline; padding: .5rem .9rem; cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary:hover, summary:focus-visible { background: color-mix(in srgb, var(--link) 8%, transparent); }
#shapes summary { display: block; }
summary code { overflow-wrap: anywhere; }
summary span { color: var(--soft); }
summary i { color: var(--put); font-style: normal; }
b.get, b.post, b.put, b.patch, b.delete { font: 600 11.5px/1.6 ui-monospace, Menlo, Consolas, monospace;
  padding: .05rem 0; border-radius: 5px; text-align: center; color: var(--m);
  background: color-mix(in srgb, var(--m) 14%, transparent); }
b.get { --m: var(--get); } b.post { --m: var(--post); } b.put { --m: var(--put); }
b.patch { --m: var(--patch); } b.delete { --m: var(--delete); }
.s2 { color: var(--post); } .s4 { color: var(--delete); }
table { width: 100%; border-collapse: collapse; }
td { padding: .35rem .9rem; border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
td:first-child { width: 9rem; } td:nth-child(2) { width: 17rem; color: var(--soft); }
@media (max-width: 44rem) {
  summary { grid-template-columns: 4.6rem minmax(0, 1fr); } summary span { grid-column: 1 / -1; }
  td:first-child { width: 32%; } td:nth-child(2) { width: 34%; }
}
</style></head><body><main>
<h1>mocksse control API <small>@VERSION@</small></h1>
<nav>@JUMPS@ <a href="#shapes">Shapes</a> <a href="openapi.json">openapi.json</a></nav>
<p>JSON in and out; errors are <code>application/problem+json</code>. Where the server has a token, each call says
<code>Authorization: Bearer TOKEN</code>.</p>
<pre>curl -X PUT localhost:8080/__mocksse/sessions/cut -H 'content-type: application/json' \\
     -d '{"faults": ["reset at=event:5 times=1"], "pacing": {"speed": "instant"}}'
curl -N localhost:8080/@cut/v1/chat/completions -d @request.json      # the session's own world
curl localhost:8080/__mocksse/sessions/cut/requests                   # what it was asked
curl -N localhost:8080/__mocksse/events                               # as it happens</pre>
@GROUPS@
<section id="shapes"><h2>Shapes</h2><p>What goes in and out, as JSON Schema.</p>
@SHAPES@
</section>
</main></body></html>
"""
