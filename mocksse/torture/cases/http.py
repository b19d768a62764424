"""HTTP: statuses, Retry-After, pages where JSON belongs, content types, redirects."""

from __future__ import annotations

from dataclasses import replace

from mocksse.torture.case import (
    APIS,
    EVENTS,
    FAIL,
    FAIL_EARLY,
    FEW,
    GIVE_UP,
    MODELS,
    POLICY_FAIL,
    RETRY,
    SAME,
    SAME_OR_FAIL,
    SSE,
    SSE_MODELS,
    numbered,
    way,
)

_TOLD = replace(RETRY, checks=frozenset({"retry-after-ignored"}))
_OWN = replace(RETRY, unhurried=True)
_FINAL = replace(FAIL, checks=frozenset({"retried-for-good"}))
_PAGE = replace(FAIL_EARLY, brief=True)
_RAW = (EVENTS,)
_CLOSED = (
    "WHATWG HTML 9.2.2: \"if res's status is not 200, or if res's `Content-Type` is not `text/event-stream`, then "
)
_CLOSED += 'fail the connection"'
_REDIRECTED = replace(SAME_OR_FAIL, most=FEW)

CASES = (
    numbered(
        87,
        "MUST",
        "H",
        'RFC 9110 10.2.3: "servers send the Retry-After header field to indicate how long the user agent ought to wait '
        'before making a follow-up request"; Azure/azure-sdk-for-js#20817',
        way("status 429 retry-after=1 times=1", _TOLD, name="seconds"),
        way("status 429 retry-after=date:2s times=1", _TOLD, name="a date"),
        way("status 429 retry-after-ms=800 times=1", replace(RETRY, apart_s=0.7), name="milliseconds", level="SHOULD"),
    ),
    numbered(
        88,
        "SHOULD",
        "H",
        "openai/openai-java#855; earendil-works/pi#9689; Azure/azure-sdk-for-net#5268",
        *(
            way(f"status 429 retry-after={value} times=2", _OWN, name=name)
            for value, name in (("soon", "a word"), ("-1", "negative"), ("date:-60s", "the past"), ("1e9", "for ever"))
        ),
    ),
    numbered(
        89,
        "SHOULD",
        "H",
        "RFC 9110 15.6.4; byte5ai/omadia#122; jakartaee/rest#670",
        way("status 503 times=1", RETRY, name="503 once"),
        way("status 529 times=1", RETRY, name="529 once"),
        way("status 503", GIVE_UP, name="503 always"),
        way("status 502", GIVE_UP, name="502 always"),
    ),
    numbered(
        90,
        "MUST",
        "M",
        'RFC 9110 15.5: "the 4xx (Client Error) class of status code indicates that the client seems to have erred"; '
        "coder/aibridge#56",
        *(way(f"status {code}", _FINAL) for code in (400, 401, 403, 404, 422)),
    ),
    numbered(
        91,
        "MUST",
        "M",
        "anthropics/claude-code#3197; ollama/ollama#3694; letta-ai/letta-code#1179",
        way("html-error 200", FAIL_EARLY, name="200"),
        way("html-error 403", replace(_PAGE, most=1), name="403", level="SHOULD"),
        way("html-error 520", _PAGE, name="520", level="SHOULD"),
    ),
    numbered(
        92,
        "POLICY",
        "M",
        f"{_CLOSED}; wpt format-mime-bogus; foundry-dev-tools#195",
        way("content-type text/plain", POLICY_FAIL, apis=SSE_MODELS),
        way("content-type text/x-bogus", POLICY_FAIL, apis=SSE_MODELS),
        way("content-type application/json", POLICY_FAIL, apis=SSE_MODELS),
        way("content-type none", POLICY_FAIL, apis=SSE_MODELS),
        way("content-type text/x-bogus", FAIL, apis=_RAW, level="MUST"),
        way("content-type text/plain", FAIL, apis=_RAW, level="MUST"),
        apis=SSE,
    ),
    numbered(
        93,
        "MUST",
        "M",
        'WHATWG HTML 9.2.5: "Event streams in this format must always be encoded as UTF-8"; wpt format-utf-8; '
        "florimondmanca/httpx-sse#22",
        way('content-type "text/event-stream;"', SAME),
        way('content-type "text/event-stream;charset=UTF-8"', SAME),
        way('content-type "text/event-stream; charset=windows-1252"', SAME, level="SHOULD"),
        way('content-type "TEXT/Event-Stream;charset=UTF-8"', SAME),
        apis=SSE,
    ),
    numbered(
        94,
        "MUST",
        "C",
        "devswha/patina#577: a server that ignored stream: true",
        way("json-instead-of-sse", SAME_OR_FAIL, name="JSON"),
        way(
            "json-instead-of-sse label=sse done=yes",
            SAME_OR_FAIL,
            name="JSON under the label of a stream",
            apis=SSE_MODELS,
        ),
        apis=MODELS,
    ),
    numbered(
        95,
        "SHOULD",
        "M",
        "RFC 9110 15.4; WHATWG Fetch, HTTP-redirect fetch: a redirect count of 20; launchdarkly/sse-contract-tests",
        *(way(f"redirect {code} times=1", _REDIRECTED, name=str(code), apis=MODELS) for code in (307, 308)),
        *(
            way(f"redirect {code} times=1", replace(SAME, most=FEW), name=str(code), apis=_RAW, level="MUST")
            for code in (301, 302, 303, 307, 308)
        ),
        way("redirect 307", replace(FAIL, most=100), name="a loop"),
        way("redirect 307 to=none", FAIL_EARLY, name="without a Location"),
        apis=APIS,
    ),
)
