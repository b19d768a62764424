"""The words of other tools, and of the trade, and what each is called here.

Who comes with WireMock's or Toxiproxy's words is told the right one; there is one name for one thing. So it is for the
names of cases: where no fault is called as its case, these are the faults that play it.
"""

from __future__ import annotations

from mocksse.replay.faults.cases import by_name

_WIREMOCK = {
    "empty_response": "empty-reply",
    "malformed_response_chunk": "bad-chunk-size",
    "random_data_then_close": "bad-chunk-size at=event:0",
    "connection_reset_by_peer": "reset at=head",
    "connection_reset": "reset at=head",
    "fixeddelaymilliseconds": "stall at=head for=1s",
    "delaydistribution": "stall at=head for=1s",
    "chunkeddribbledelay": "slow-drip",
    "chunkeddribble": "slow-drip",
}
_TOXIPROXY = {
    "latency": "stall at=head for=1s",
    "jitter": "stall at=head for=1s",
    "down": "reset at=head",
    "bandwidth": "slow-drip bytes=1 gap=10ms",
    "slow_close": "open-after-done",
    "timeout": "no-reply",
    "reset_peer": "reset",
    "slicer": "rechunk size=64",
    "limit_data": "truncate at=byte:1000",
}
_MOUNTEBANK = {
    "wait": "stall at=head for=1s",
    "behaviors": "stall at=head for=1s",
}
_MOCKSERVER = {
    "dropconnection": "empty-reply",
    "closesocket": "empty-reply",
    "closesocketdelay": "open-after-done",
    "responsebytes": "bad-chunk-size at=event:0",
    "contentlengthheaderoverride": "content-length-mismatch",
    "suppresscontentlengthheader": "close-delimited",
    "chunksize": "rechunk size=64",
}
_PROXIES = {  # Envoy, Istio, Chaos Mesh, netem
    "abort": "status 503",
    "fault_delay": "stall at=head for=1s",
    "loss": "drop",
    "corrupt": "invalid-utf8",
    "rate": "slow-drip",
    "replace": "status 503",
}
_MOCKS_OF_MODELS = {  # of language models, and the HTTP mocks that test suites use
    "rate_limit": "status 429 retry-after=1",
    "ratelimit": "status 429 retry-after=1",
    "invalid_api_key": "status 401",
    "unauthorized": "status 401",
    "invalid_request": "status 400",
    "bad_request": "status 400",
    "context_length": "status 400 kind=context-length",
    "model_not_found": "status 404",
    "server_error": "status 500",
    "http_error": "status 500",
    "outage": "status 503",
    "overloaded": "status 529",
    "service_unavailable": "status 503",
    "disconnect": "reset",
    "disconnectafterms": "reset at=ms:500",
    "disconnectrate": "reset p=0.1",
    "droprate": "status 500 p=0.1",
    "malformedrate": "garbage-json p=0.1",
    "truncateafterchunks": "truncate at=event:3",
    "truncate_after": "truncate at=event:3",
    "truncated": "truncate",
    "malformed": "garbage-json",
    "malformed_json": "truncated-json",
    "invalid_json": "garbage-json",
    "malformed_arguments": "truncated-tool-args",
    "tool_fault": "truncated-tool-args",
    "trickle": "slow-drip",
    "slow": "slow-drip",
    "ttft": "stall at=event:0 for=1s",
    "replywitherror": "reset at=head",
    "network_error": "reset at=head",
    "delayconnection": "stall at=head for=1s",
    "delaybody": "stall at=head for=1s",
    "socketdelay": "stall",
}
_TRADE = {
    "rst": "reset",
    "fin": "fin-mid-chunk",
    "close": "missing-final-chunk",
    "cut": "missing-final-chunk",
    "eof": "truncate",
    "end": "truncate",
    "delay": "stall at=head for=1s",
    "pause": "stall",
    "sleep": "stall",
    "freeze": "hang",
    "drip": "slow-drip",
    "burst": "buffered-burst",
    "buffer": "buffered-burst",
    "keepalive": "comment-keepalive",
    "keep_alive": "comment-keepalive",
    "heartbeat": "comment-keepalive",
    "ping": "comment-keepalive",
    "429": "status 429 retry-after=1",
    "500": "status 500",
    "503": "status 503",
    "529": "status 529",
}
_WORDS = _WIREMOCK | _TOXIPROXY | _MOUNTEBANK | _MOCKSERVER | _PROXIES | _MOCKS_OF_MODELS | _TRADE


def elsewhere(word: str) -> str:
    """A hint for a word of another tool or for the name of a case, or an empty string."""
    plain = word.lower().replace("-", "_")
    ours = _WORDS.get(plain) or _WORDS.get(plain.replace("_", "")) or _of_case(word.lower())
    return f"here it is {ours}" if ours else ""


def _of_case(name: str) -> str:
    """The faults that play the case of that name."""
    from mocksse.replay.faults.registry import FAULTS

    case = by_name(name)
    return " or ".join(fault.name for fault in FAULTS.values() if case and case.number in fault.cases)
