"""A small client that is right, and with --bug NAME one that is wrong in one way: python planted.py URL API TIMEOUT.

It asks the chat for a stream and joins text and tool calls, or listens to a stream of events and comes back for it.
"""

import http.client
import json
import re
import sys
import threading
import time
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

URL, API, TIMEOUT = sys.argv[1], sys.argv[2], float(sys.argv[3])
BUG = sys.argv[sys.argv.index("--bug") + 1] if "--bug" in sys.argv else ""
PLACE = urlsplit(URL)


class Parser:
    """Bytes in, (data, id) of events out, by the standard: only what is new is looked at."""

    def __init__(self):
        self.parts, self.data, self.last_id, self.pending_id = [], [], "", ""
        self.skip_lf, self.retry_s, self.seen_id = False, 3.0, False

    def feed(self, chunk):
        if BUG == "utf8-split":
            chunk = chunk.decode("utf-8", "replace").encode()
        if BUG != "cr-at-chunk-end" and self.skip_lf and chunk[:1] == b"\n":
            chunk = chunk[1:]
        if chunk:
            self.skip_lf = chunk[-1:] == b"\r"
        if BUG == "quadratic":
            chunk, self.parts = b"".join([*self.parts, chunk]), []
            chunk.decode("utf-8", "replace").splitlines()
        pieces = re.split(rb"\r\n|\r|\n", chunk)
        for piece in pieces[:-1]:
            line = b"".join([*self.parts, piece])
            self.parts = []
            yield from self.line(line)
        self.parts.append(pieces[-1])

    def line(self, line):
        if not line:
            has_data = bool(self.data) or (BUG == "ping-after-id" and self.seen_id)
            data, self.data = "\n".join(self.data), []
            self.last_id = self.pending_id
            if has_data:
                yield data
            return
        name, _, value = line.decode("utf-8", "replace").partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self.data.append(value)
        elif name == "id" and "\0" not in value:
            self.pending_id, self.seen_id = value, True
        elif name == "retry" and value.isascii() and value.isdecimal():
            self.retry_s = int(value) / 1000


class TryAgainError(Exception):
    def __init__(self, message, wait):
        super().__init__(message)
        self.wait = wait


def opened(method, path, body, headers):
    timeout = None if BUG == "endless-wait" else TIMEOUT
    connection = http.client.HTTPConnection(PLACE.hostname, PLACE.port, timeout=timeout)
    connection.request(method, path, body, headers)
    return connection.getresponse()


def chunks(answer):
    while True:
        chunk = answer.read1(65536)
        if not chunk:
            if answer.length or (answer.chunked and answer.chunk_left is not None):
                raise EOFError("the body broke off")
            return
        yield chunk


class Chat:
    def __init__(self):
        self.text, self.calls, self.finish, self.done = "", {}, None, False

    def take(self, data):
        if data.startswith("[DONE]"):
            self.done = True
            return
        chunk = json.loads(data)
        if "error" in chunk and BUG != "error-swallowed":
            raise ValueError((chunk["error"] or {}).get("message"))
        for choice in chunk.get("choices") or []:
            delta = choice.get("delta") or {}
            self.text += delta.get("content") or ""
            self.finish = choice.get("finish_reason") or self.finish
            for piece in delta.get("tool_calls") or []:
                call = self.calls.setdefault(piece["index"], {"name": "", "arguments": ""})
                function = piece.get("function") or {}
                call["name"] += function.get("name") or ""
                call["arguments"] += function.get("arguments") or ""

    def close(self):
        if self.finish is None and BUG not in ("truncation-accepted", "error-swallowed"):
            raise EOFError("the stream ended without a reason to finish")
        for call in self.calls.values():
            try:
                json.loads(call["arguments"] or "{}")
            except ValueError:
                if BUG != "cut-arguments-run":
                    raise
                call["arguments"] += '"}'


def told_s(headers):
    if (ms := headers.get("retry-after-ms", "")).isdecimal():
        return float(ms) / 1000
    told = headers.get("Retry-After", "")
    if told.isdecimal():
        return float(told)
    try:
        return max(0.3, parsedate_to_datetime(told).timestamp() - time.time())
    except ValueError:
        return 0.3


def ask(chat, state):
    body = json.dumps({"model": "any", "stream": True, "messages": []})
    answer = opened("POST", PLACE.path + "/chat/completions", body, {"Content-Type": "application/json"})
    if answer.status in (429, 500, 502, 503, 529):
        wait = 0.1 if BUG == "retry-after-ignored" else told_s(answer.headers)
        raise TryAgainError(f"status {answer.status}", wait)
    if answer.status != 200:
        raise ValueError(f"status {answer.status}")
    parser = Parser()
    for chunk in chunks(answer):
        for data in parser.feed(chunk):
            state["output"] = True
            chat.take(data)
            if chat.done:
                return
    chat.close()


def post():
    tried = 0
    while True:
        chat, state = Chat(), {"output": False}
        try:
            ask(chat, state)
            chat.close()
            return {"outcome": "ok", "text": chat.text, "tool_calls": list(chat.calls.values())}
        except Exception as error:
            again = isinstance(error, TryAgainError) or (BUG == "post-replayed" and state["output"])
            if tried == 2 or not again:
                return failed(error, chat.text)
            time.sleep(error.wait if isinstance(error, TryAgainError) else 0.1)
        tried += 1


def failed(error, text=""):
    return {"outcome": "error", "text": text, "error_type": type(error).__name__, "error_message": str(error)}


def listen(events, parser, again=True):
    """One EventSource: it comes back until its last event."""
    while True:
        headers = {"Accept": "text/event-stream"}
        if parser.last_id:
            headers["Last-Event-ID"] = parser.last_id
        try:
            answer = opened("GET", PLACE.path, None, headers)
            if answer.status != 200:
                return
            parser.parts, parser.data, parser.skip_lf = [], [], False
            for chunk in chunks(answer):
                for data in parser.feed(chunk):
                    events.append({"type": "message", "data": data})
                    if data == "[DONE]":
                        return
        except (OSError, EOFError, http.client.HTTPException):
            pass
        parser.pending_id = parser.last_id
        if BUG == "second-eventsource" and again:
            other = Parser()
            other.last_id, other.retry_s = parser.last_id, parser.retry_s
            threading.Thread(target=listen, args=(events, other, False)).start()
        time.sleep(parser.retry_s)


def main():
    if API != "sse":
        return post()
    events = []
    listen(events, Parser())
    return {"outcome": "ok", "events": events}


print(json.dumps(main()))
