"""A page in a real Chromium whose `onerror` opens a second EventSource: `python page_bug.py BASE_URL`.

The adapter of the box with one line more. The browser comes back by itself, so that two connections are read.
"""

from __future__ import annotations

from mocksse.torture.clients import chromium_eventsource as chromium
from mocksse.torture.clients.contract import run

_HEARS = '    if (e.type !== "error") return;\n'
_OPENS = """
    if (errors === 0) {
      const another = new EventSource(url);
      for (const type of new Set(["message", "open", "error", ...types])) another.addEventListener(type, hear);
    }
"""

if __name__ == "__main__":
    assert _HEARS in chromium.LISTEN
    chromium.LISTEN = chromium.LISTEN.replace(_HEARS, _HEARS + _OPENS)
    run(chromium.opened(), chromium.EventSourceOptions, "playwright")
