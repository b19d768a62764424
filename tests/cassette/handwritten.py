"""Cassettes as people write them: what they mean, and the one line that a wrong one is answered with."""

from __future__ import annotations

from mocksse.cassette.model import Cassette, End, Headers, Interaction, Piece, Recorded, Request, Response
from mocksse.cassette.pacing import INSTANT, Fixed, FromCassette, LogNormal, Normal, Pacing

EVENT_STREAM: Headers = ((b"Content-Type", b"text/event-stream"), (b"Cache-Control", b"no-cache"))
NDJSON: Headers = ((b"Content-Type", b"application/x-ndjson"), (b"Cache-Control", b"no-cache"))


def stream(*data: bytes, after_us: int = 0) -> Response:
    """What a stream of these pieces is, where nothing else is said."""
    return Response(200, EVENT_STREAM, "chunked", tuple(Piece(after_us, piece) for piece in data))


def only(response: Response, request: Request | None = None, pacing: Pacing | None = None) -> Cassette:
    """A cassette of one interaction that nobody named."""
    return Cassette((Interaction("1", request or Request("/x"), response, pacing=pacing),))


RIGHT: dict[str, tuple[str, Cassette]] = {
    "path and data": ("path: /x\nstream:\n  - data: Hello\n", only(stream(b"data: Hello\n\n"))),
    "path alone": ("path: /x\n", only(stream())),
    "an empty stream": ("path: /x\nstream: []\n", only(stream())),
    "nothing behind stream": ("path: /x\nstream:\n", only(stream())),
    "a version, a method": (
        "mocksse: 1\nmethod: POST\npath: /x?a=b\n",
        only(stream(), Request("/x?a=b", "POST")),
    ),
    "unquoted": (
        'path: /x\nstream:\n  - data: {"a": 1}\n  - data: [DONE]\n  - data: 12\n  - data: no\n  - data:\n',
        only(stream(b'data: {"a": 1}\n\n', b"data: [DONE]\n\n", b"data: 12\n\n", b"data: no\n\n", b"data: \n\n")),
    ),
    "lines of data": (
        "path: /x\nstream:\n  - data: |-\n      a\n\n      b\n  - data: |\n      c\n",
        only(stream(b"data: a\ndata: \ndata: b\n\n", b"data: c\ndata: \n\n")),
    ),
    "every field": (
        "path: /x\nstream:\n  - {data: d, retry: 5, id: 7, event: e, comment: c}\n  - comment: ''\n",
        only(stream(b":c\nevent: e\nid: 7\nretry: 5\ndata: d\n\n", b":\n\n")),
    ),
    "several events": (
        "path: /x\nstream:\n  - events:\n      - data: a\n      - {event: b}\n",
        only(stream(b"data: a\n\nevent: b\n\n")),
    ),
    "bytes": (
        "path: /x\nstream:\n  - text: 'half a li'\n  - base64: |\n      8J+Y\n      gA==\n  - after_ms: 5\n",
        only(
            Response(
                200,
                EVENT_STREAM,
                "chunked",
                (Piece(0, b"half a li"), Piece(0, "\U0001f600".encode()), Piece(5000, b"")),
            )
        ),
    ),
    "lines": (
        'path: /x\nstream:\n  - line: {"a": 1}\n  - line: {"b": 2}\n',
        only(Response(200, NDJSON, "chunked", (Piece(0, b'{"a": 1}\n'), Piece(0, b'{"b": 2}\n')))),
    ),
    "times": (
        "path: /x\nstream:\n  - {after_ms: 1.5, data: a}\n  - {after_ms: 0.001, data: b}\n"
        "  - {after_ms: 2.0e+3, data: c}\n",
        only(
            Response(
                200,
                EVENT_STREAM,
                "chunked",
                (Piece(1500, b"data: a\n\n"), Piece(1, b"data: b\n\n"), Piece(2_000_000, b"data: c\n\n")),
            )
        ),
    ),
    "comments, a mark, CRLF": (
        "\ufeff# mine\r\npath: /x\r\nstream:\r\n- data: a # first\r\n- data: |-\r\n    b\r\n    c\r\n",
        only(stream(b"data: a\n\n", b"data: b\ndata: c\n\n")),
    ),
    "JSON is YAML": ('{"path": "/x", "stream": [{"data": "a"}]}', only(stream(b"data: a\n\n"))),
    "a list": (
        "interactions:\n  - path: /x\n    stream:\n      - data: a\n  - path: /y\n    name: second\n",
        Cassette(
            (
                Interaction("1", Request("/x"), stream(b"data: a\n\n")),
                Interaction("second", Request("/y"), stream()),
            )
        ),
    ),
    "request and response": (
        "interactions:\n  - request: {path: /x, method: GET, headers: {accept: '*/*', dnt: 1}}\n"
        "    response: {status: 503, headers: {retry-after: 3, x-no: no}, stream: [{text: busy}]}\n",
        only(
            Response(503, ((b"retry-after", b"3"), (b"x-no", b"no")), "chunked", (Piece(0, b"busy"),)),
            Request("/x", "GET", (("accept", "*/*"), ("dnt", "1"))),
        ),
    ),
    "request and stream": (
        "interactions:\n  - request: {path: /x}\n    stream: [{data: a}]\n",
        only(stream(b"data: a\n\n")),
    ),
    "path and response": (
        "interactions:\n  - path: /x\n    method: POST\n    response: {stream: [{data: a}]}\n",
        only(stream(b"data: a\n\n"), Request("/x", "POST")),
    ),
    "request alone": ("interactions: [{request: {path: /x}}]", only(stream())),
    "bodies": (
        "interactions:\n  - request: {path: /x, json: {a: [1, yes, 1.50, null]}}\n"
        "  - request: {path: /x, json: {a: 1, b: é}, json_style: spaced-ascii}\n"
        "  - request: {path: /x, text: a=1}\n  - request: {path: /x, base64: /w==}\n"
        "  - request: {path: /x, json: null}\n",
        Cassette(
            tuple(
                Interaction(str(number), Request("/x", body=body), stream())
                for number, body in enumerate(
                    (b'{"a":[1,"yes",1.5,null]}', b'{"a": 1, "b": "\\u00e9"}', b"a=1", b"\xff", b"null"), 1
                )
            )
        ),
    ),
    "a length": (
        "interactions: [{path: /x, response: {headers: [[Content-Length, 2]], stream: [{text: ok}]}}]",
        only(Response(200, ((b"Content-Length", b"2"),), "length", (Piece(0, b"ok"),))),
    ),
    "everything of a response": (
        "interactions:\n  - path: /x\n    response:\n      status: 200\n      reason: Fine\n      http: '1.0'\n"
        "      headers: [[A, b], [a, {base64: /w==}], [{base64: /w==}, '']]\n      head_after_ms: 3\n"
        "      framing: chunked\n      sse: {eol: crlf, space: false}\n      stream:\n"
        "        - {data: a, more: true}\n        - {text: b, of: 9}\n      trailers: {c: d}\n"
        "      end: {after_ms: 1, how: cut, rest: [{after_ms: 2, text: r}]}\n",
        only(
            Response(
                200,
                ((b"A", b"b"), (b"a", b"\xff"), (b"\xff", b"")),
                "chunked",
                (Piece(0, b"data:a\r\n\r\n", more=True), Piece(0, b"b", of=9)),
                End(1000, "cut", (Piece(2000, b"r"),)),
                3000,
                b"Fine",
                "1.0",
                ((b"c", b"d"),),
            )
        ),
    ),
    "no headers": (
        "interactions: [{path: /x, response: {headers: {}}}]",
        only(Response(200, (), "chunked", ())),
    ),
    "where it came from": (
        "interactions:\n  - path: /x\n    recorded: {at: '2026-11-22T09:43:18Z', upstream: 'http://a'}\n"
        "    faults: [reset at=end]\n",
        Cassette(
            (
                Interaction(
                    "1",
                    Request("/x"),
                    stream(),
                    Recorded("2026-11-22T09:43:18Z", "http://a"),
                    faults=("reset at=end",),
                ),
            )
        ),
    ),
    "pacing": (
        "pacing: {speed: instant}\ninteractions:\n"
        "  - {path: /x, pacing: {speed: 0.5, gap: 12.5, ttft: 'normal:350,50', jitter: 20, max_gap: 1000, seed: 7}}\n"
        "  - {path: /x, pacing: {ttft: 'lognormal:p50=350,p95=1200', tps: 30}}\n"
        "  - {path: /x, pacing: {gap: from:real.yaml}}\n  - {path: /x, pacing: {}}\n",
        Cassette(
            (
                Interaction(
                    "1",
                    Request("/x"),
                    stream(),
                    pacing=Pacing(0.5, Fixed(12.5), Normal(350, 50), None, 20, 1000, 7),
                ),
                Interaction("2", Request("/x"), stream(), pacing=Pacing(ttft=LogNormal(350, 1200), tps=30)),
                Interaction("3", Request("/x"), stream(), pacing=Pacing(gap=FromCassette("real.yaml"))),
                Interaction("4", Request("/x"), stream(), pacing=Pacing()),
            ),
            Pacing(speed=INSTANT),
        ),
    ),
}

_IN_RESPONSE = "interactions:\n  - path: /x\n    response:\n      "
_IN_REQUEST = "interactions:\n  - request:\n      path: /x\n      "
_IN_STREAM = "path: /x\nstream:\n  - data: a\n  - "
_ONE_FORM = "an entry is the fields of one event, or events, or line, or text, or base64"

WRONG: tuple[tuple[str, str], ...] = (
    # The file
    ("", "1: not a cassette (a cassette begins with `mocksse: 1` and has interactions)"),
    ("# nothing\n", "1: not a cassette (a cassette begins with `mocksse: 1` and has interactions)"),
    ("hello", "1: not a cassette (a cassette begins with `mocksse: 1` and has interactions)"),
    ("- path: /x", "1: not a cassette (a cassette begins with `mocksse: 1` and has interactions)"),
    ("\n\n- path: /x", "3: not a cassette (a cassette begins with `mocksse: 1` and has interactions)"),
    ("mocksse: 1", "1: no interactions (a cassette needs at least a path and a stream)"),
    ("mocksse: 1\ninteractions: []", "1: no interactions (a cassette needs at least a path and a stream)"),
    ("mocksse: 2\npath: /x", "1: version 2 of the format (this mocksse reads version 1)"),
    ("path: /x\nmocksse: '1'", "2: version '1' of the format (this mocksse reads version 1)"),
    ("mocksse: true\npath: /x", "1: version true of the format (this mocksse reads version 1)"),
    ("path: /x\nsteam: []", "2: a cassette has no 'steam' (did you mean stream?)"),
    (
        "path: /x\nzzz: []",
        "2: a cassette has no 'zzz' (known here: extract, interactions, method, mocksse, pacing, path, stream)",
    ),
    ("method: GET", "1: no path (say which path is answered: path: /v1/chat/completions)"),
    ("stream: []", "1: no path (say which path is answered: path: /v1/chat/completions)"),
    (
        "path: /x\ninteractions: [{path: /x}]",
        "1: path, method, stream stand beside interactions (move them into an interaction)",
    ),
    ("path: x", "1: path: expected a path that begins with /, found 'x'"),
    ("path: 5", "1: path: expected a path that begins with /, found 5"),
    ("path: /x\nmethod: get", "2: method: expected a method in capital letters, such as POST, found 'get'"),
    ("path: /x\nstream: Hello", "2: stream: expected a list, found 'Hello'"),
    ("path: /x\nstream: {data: a}", "2: stream: expected a list, found a mapping"),
    ("interactions: {path: /x}", "1: interactions: expected a list, found a mapping"),
    # An interaction
    ("interactions:\n  - path: /x\n  - hello", "3: interactions[1]: expected a mapping, found 'hello'"),
    ("interactions:\n  - path: /x\n  - name: a", "3: no path (say which path is answered: path: /v1/chat/completions)"),
    ("interactions:\n  - path: /x\n    pathh: /y", "3: an interaction has no 'pathh' (did you mean path?)"),
    ("interactions:\n  - path: /x\n    name: 5", "3: name: expected text, found 5 (put it in quotes)"),
    (
        "interactions:\n  - {name: a, path: /x}\n  - name: a\n    path: /y",
        "3: the name 'a' is taken (names are unique within a file)",
    ),
    (
        "interactions:\n  - {name: '2', path: /x}\n  - path: /y",
        "3: the name '2' is taken (names are unique within a file)",
    ),
    (
        "interactions:\n  - request: {path: /x}\n    path: /y",
        "2: path and method stand beside request (move them into it)",
    ),
    (
        "interactions:\n  - path: /x\n    response: {}\n    stream: []",
        "4: stream stands beside response (move it into it)",
    ),
    ("interactions:\n  - path: /x\n    faults: reset", "3: faults: expected a list, found 'reset'"),
    ("interactions:\n  - path: /x\n    faults: [5]", "3: faults[0]: expected text, found 5 (put it in quotes)"),
    (
        "interactions:\n  - path: /x\n    recorded: {when: 5}",
        "3: recorded has no 'when' (known here: at, by, upstream)",
    ),
    ("interactions:\n  - path: /x\n    recorded: {at: 5}", "3: at: expected text, found 5 (put it in quotes)"),
    # A request
    ("interactions:\n  - request: {method: GET}", "2: a request without path (add path:)"),
    ("interactions:\n  - request: {path: null}", "2: path: expected a path that begins with /, found nothing"),
    ("interactions:\n  - request: GET /x", "2: request: expected a mapping, found 'GET /x'"),
    (
        _IN_REQUEST + "body: a",
        "4: a request has no 'body' (known here: base64, headers, json, json_style, method, path, text)",
    ),
    (_IN_REQUEST + "text: 5", "4: text: expected text, found 5 (put it in quotes)"),
    (_IN_REQUEST + "text: a\n      json: 1", "3: a body is json, or text, or base64"),
    (_IN_REQUEST + "base64: '*'", "3: not base64"),
    (
        _IN_REQUEST + "json_style: pretty",
        "4: json_style: expected compact, compact-ascii, spaced or spaced-ascii, found 'pretty'",
    ),
    # A response
    (
        _IN_RESPONSE + "body: a",
        "4: a response has no 'body' "
        "(known here: end, framing, head_after_ms, headers, http, reason, sse, status, stream, trailers)",
    ),
    (_IN_RESPONSE + "status: 99", "4: status: expected a whole number from 200 to 999, found 99"),
    (_IN_RESPONSE + "status: 200 OK", "4: status: expected a whole number from 200 to 999, found '200 OK'"),
    (_IN_RESPONSE + "status: 200.0", "4: status: expected a whole number from 200 to 999, found 200.0"),
    (_IN_RESPONSE + "status:", "4: status: expected a whole number from 200 to 999, found nothing"),
    (_IN_RESPONSE + "http: 1.1", "4: http: expected 1.0 or 1.1, found 1.1 (put it in quotes)"),
    (_IN_RESPONSE + "http: '2'", "4: http: expected 1.0 or 1.1, found '2'"),
    (_IN_RESPONSE + "reason: 5", "4: reason: expected text or a mapping, found 5 (put it in quotes)"),
    (_IN_RESPONSE + 'reason: "a\\nb"', "4: a line feed in a head (a header is one line)"),
    (_IN_RESPONSE + "reason: {base: x}", "4: a part of a head has no 'base' (did you mean base64?)"),
    (_IN_RESPONSE + "framing: gzip", "4: framing: expected chunked, close or length, found 'gzip'"),
    (_IN_RESPONSE + "framing: 5", "4: framing: expected chunked, close or length, found 5"),
    (_IN_RESPONSE + "sse: crlf", "4: sse: expected a mapping, found 'crlf'"),
    (_IN_RESPONSE + "sse: {eol: CRLF}", "4: eol: expected cr, crlf or lf, found 'CRLF' (did you mean crlf?)"),
    (_IN_RESPONSE + "sse: {space: no}", "4: space: expected true or false, found 'no'"),
    (_IN_RESPONSE + "head_after_ms: -1", "4: head_after_ms: expected a number of 0 or more, found -1"),
    (
        _IN_RESPONSE + "head_after_ms: 0.0001",
        "4: 0.0001 ms has more than three decimals (times are kept to the microsecond)",
    ),
    (_IN_RESPONSE + "headers: x", "4: headers: expected a list or a mapping, found 'x'"),
    (_IN_RESPONSE + "headers:\n        - a: b", "5: headers[0]: expected a pair [name, value], found a mapping"),
    (_IN_RESPONSE + "headers:\n        - [a]", "5: headers[0]: expected a pair [name, value], found a list of 1"),
    (_IN_RESPONSE + "headers:\n        - [a, [b]]", "5: headers[0][1]: expected text or a mapping, found a list of 1"),
    (_IN_RESPONSE + "headers:\n        a: b\n        c: {d: e}", "6: c: expected text, found a mapping"),
    (_IN_RESPONSE + "headers:\n        - [a, {base64: '*'}]", "5: not base64"),
    (
        _IN_RESPONSE + "headers:\n        - ['a: b', c]",
        "5: 'a: b' is no header name (name and value are two items: [name, value])",
    ),
    (_IN_RESPONSE + "headers:\n        '': c", "5: '' is no header name (name and value are two items: [name, value])"),
    (_IN_RESPONSE + 'headers:\n        a: b\n        c: "d\\nE: f"', "6: a line feed in a head (a header is one line)"),
    (_IN_RESPONSE + 'trailers: {a: "b\\n"}', "4: a line feed in a head (a header is one line)"),
    (_IN_RESPONSE + "end: cut", "4: end: expected a mapping, found 'cut' (such as {how: cut})"),
    (
        _IN_RESPONSE + "end: {how: fin}",
        "4: how: expected complete, cut, idle, malformed, reset or stopped, found 'fin'",
    ),
    (_IN_RESPONSE + "end: {why: x}", "4: an end has no 'why' (known here: after_ms, how, rest)"),
    (_IN_RESPONSE + "end:\n        rest:\n          - data: 'a'\n            text: b", f"6: {_ONE_FORM}"),
    # An entry
    (_IN_STREAM + "dat: b", "4: an entry has no 'dat' (did you mean data?)"),
    (_IN_STREAM + "Hello", "4: stream[1]: expected a mapping, found 'Hello' (such as {data: Hello})"),
    (_IN_STREAM + "'data: Hello'", "4: stream[1]: expected a mapping, found 'data: Hello' (such as {data: Hello})"),
    (_IN_STREAM + "{data: b, text: c}", f"4: {_ONE_FORM}"),
    (_IN_STREAM + "{}\n  - base64: x", "5: not base64"),
    (_IN_STREAM + "{retry: soon}", "4: retry: expected a whole number of 0 or more, found 'soon'"),
    (_IN_STREAM + "{retry: 1.5}", "4: retry: expected a whole number of 0 or more, found 1.5"),
    (
        _IN_STREAM + f"{{retry: {10**15}}}",
        "4: retry: expected a whole number up to 999,999,999,999,999, found 1000000000000000",
    ),
    (_IN_STREAM + "{more: maybe}", "4: more: expected true or false, found 'maybe'"),
    (_IN_STREAM + "{of: -1}", "4: of: expected a whole number of 0 or more, found -1"),
    (_IN_STREAM + "{text: abc, of: 2}", "4: of: 2 is less than the 3 bytes that came"),
    (_IN_STREAM + "{events: {data: x}}", "4: events: expected a list, found a mapping"),
    (_IN_STREAM + "events:\n      - data: x\n      - dat: y", "6: an event has no 'dat' (did you mean data?)"),
    (_IN_STREAM + "{events: [x]}", "4: events[0]: expected a mapping, found 'x' (such as {data: Hello})"),
    (_IN_STREAM + '{event: "a\\nb", data: c}', "4: event has a line break in it: write the bytes as text"),
    *(
        (
            _IN_STREAM + f"{{after_ms: {written}}}",
            f"4: after_ms: expected a number of 0 or more, found {written!r} (such as 12.5, without quotes)",
        )
        for written in ("1e3", "12:30", ".nan", ".inf", "20 ms", "fast")
    ),
    (
        _IN_STREAM + "{after_ms: '12'}",
        "4: after_ms: expected a number of 0 or more, found '12' (such as 12.5, without quotes)",
    ),
    (_IN_STREAM + "{after_ms: true}", "4: after_ms: expected a number of 0 or more, found true"),
    (_IN_STREAM + "{after_ms: -3}", "4: after_ms: expected a number of 0 or more, found -3"),
    (
        _IN_STREAM + "{after_ms: 1.2345}",
        "4: 1.2345 ms has more than three decimals (times are kept to the microsecond)",
    ),
    (_IN_STREAM + "{after_ms: 1.0e300}", "4: after_ms: expected a number up to 1,000,000,000,000, found 1e+300"),
    (_IN_STREAM + "{after_ms: 1.0e400}", "4: '1.0e400' is too large a number (put it in quotes if it is text)"),
    # Pacing
    ("path: /x\npacing: 2", "2: pacing: expected a mapping, found 2"),
    ("path: /x\npacing: {spede: 2}", "2: pacing has no 'spede' (did you mean speed?)"),
    (
        "path: /x\npacing: {speed: fast}",
        "2: speed: expected a number of 0 or more or instant, found 'fast' (such as 12.5, without quotes)",
    ),
    ("path: /x\npacing: {speed: 0}", "2: speed: 0 would never end (use a factor such as 0.5 or 10, or instant)"),
    ("path: /x\npacing:\n  gap: 2\n  ttft: soon", "4: ttft: 'soon' is not a number of 0 or more"),
    ("path: /x\npacing: {gap: 1e3}", "2: gap: '1e3' is not a number of 0 or more"),
    ("path: /x\npacing: {gap: -5}", "2: gap: '-5' is not a number of 0 or more"),
    (
        "path: /x\npacing: {gap: 12:30}",
        "2: gap: '12:30' is no duration (use milliseconds, normal:MEAN,SD, lognormal:p50=MS,p95=MS or from:CASSETTE)",
    ),
    ("path: /x\npacing: {gap: 5, tps: 5}", "2: gap and tps both say how long chunks wait (keep one of them)"),
    ("path: /x\npacing: {tps: 0}", "2: tps: 0 would never end (use text events a second, such as 30)"),
    ("path: /x\npacing: {jitter: 101}", "2: jitter: '101' is more than 100 percent"),
    ("path: /x\npacing: {seed: 1.5}", "2: seed: expected a whole number, found 1.5"),
    (
        "interactions:\n  - path: /x\n    pacing:\n      max_gap: 2000000000000",
        "4: max_gap: 2000000000000 is too large (1,000,000,000,000 is the most)",
    ),
)
