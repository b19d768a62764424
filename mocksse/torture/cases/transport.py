"""Transport: connections that break, stall, end too early or never; bytes that come late, in blocks, compressed."""

from __future__ import annotations

from dataclasses import replace

from mocksse.torture.case import (
    APIS,
    EVENTS,
    FAIL,
    FAIL_EARLY,
    GIVE_UP,
    MODELS,
    POLICY,
    POLICY_FAIL,
    POLICY_SAME,
    RETRY,
    SAME,
    SSE_MODELS,
    numbered,
    way,
)

_MARKED = ("openai-chat", "openai-responses", "anthropic", "cohere", "ollama")
"""APIs whose last event says that it is the last."""
_CALLS = ("openai-chat", "openai-responses", "anthropic", "cohere")
"""Those that send tool arguments in pieces."""
_PROMPT = replace(SAME, within_s=1.0)
_PLAIN = replace(SAME, coding="gzip")
_RFC9112_8 = (
    'RFC 9112 8: "A message body that uses the chunked transfer coding is incomplete if the zero-sized chunk that '
    'terminates the encoding has not been received"'
)
_LENGTH = (
    'RFC 9112 8: "A message that uses a valid Content-Length is incomplete if the size of the message body received '
    '(in octets) is less than the value given by Content-Length"'
)

CASES = (
    numbered(
        1,
        "SHOULD",
        "H",
        "run-llama/llama_index#12866; NousResearch/hermes-agent#115289",
        way("reset at=head times=1", RETRY, name="once"),
        way("reset at=head", GIVE_UP, name="always"),
    ),
    numbered(
        2,
        "SHOULD",
        "H",
        "run-llama/llama_index#12866; ollama/ollama-python#436",
        way("empty-reply times=1", RETRY, name="once"),
        way("empty-reply", GIVE_UP, name="always"),
    ),
    numbered(3, "MUST", "H", "devswha/patina#577", way("no-reply", FAIL_EARLY)),
    numbered(4, "MUST", "H", "moonbitlang/openseek#343; BerriAI/litellm#34374", way("hang at=event:0", FAIL_EARLY)),
    numbered(
        5,
        "MUST",
        "M",
        "BerriAI/litellm#34374; BerriAI/litellm#37322",
        way("stall at=event:0 for=61s", SAME),
        apis=APIS,
    ),
    numbered(
        6,
        "MUST",
        "C",
        "anthropics/claude-code#51076; BerriAI/litellm#33404; vercel/ai#9775",
        way("reset at={cut}", FAIL, sweep="middle"),
        way("reset at=first-text", replace(FAIL, most=10), name="before the first text"),
        way("reset at=finish", FAIL, name="before the finish"),
        way("reset at=tool-args", FAIL, name="in tool arguments", tape="call", apis=_CALLS),
    ),
    numbered(
        7,
        "MUST",
        "C",
        f"{_RFC9112_8}; openai/openai-python#2065; openai/openai-python#2356",
        way("fin-mid-chunk at={cut}", FAIL, sweep="middle"),
        way("fin-mid-chunk at=tool-args", FAIL, name="in tool arguments", tape="call", apis=_CALLS),
    ),
    numbered(
        8,
        "MUST",
        "C",
        f"{_RFC9112_8}; openai/openai-python#2356; open-webui/pipelines#564",
        way("missing-final-chunk at=percent:50", FAIL, name="half"),
        way("missing-final-chunk at=finish", FAIL, name="before the finish"),
    ),
    numbered(
        9,
        "MUST",
        "C",
        "pydantic/pydantic-ai#6610; NVIDIA/TensorRT-LLM#18289: a plausible wrong result rather than a failure",
        way("truncate at={cut}", FAIL, sweep="events", apis=SSE_MODELS),
        way("truncate at=percent:50", FAIL, name="half"),
        way("truncate at=finish", FAIL, name="before the finish"),
        way("truncate at=tool-args", FAIL, name="in tool arguments", tape="call", apis=_CALLS),
    ),
    numbered(
        10,
        "SHOULD",
        "M",
        "sudoprivacy/sudocode#576; earendil-works/pi#1524",
        way("missing-final-chunk", SAME, apis=_MARKED),
        way("missing-final-chunk", POLICY, name="no terminal event", apis=("gemini",), level="POLICY"),
    ),
    numbered(
        11,
        "MUST",
        "C",
        f"{_LENGTH}; aio-libs/aiohttp#3026; antiwork/gumroad#7468",
        way("truncate at=percent:50; content-length-mismatch by=+10", FAIL, name="too long, and cut"),
        way("content-length-mismatch by=-600", FAIL, name="too short"),
        way("content-length-mismatch by=+10", POLICY, name="too long, and all there", level="POLICY"),
    ),
    numbered(
        12,
        "MUST",
        "M",
        'RFC 9112 6.3: "the message body length is determined by the number of octets received prior to the server '
        'closing the connection"; Oaklight/zerodep#100',
        way("close-delimited", SAME),
        way("close-delimited http=1.0", SAME),
        apis=APIS,
    ),
    numbered(
        13,
        "MUST",
        "C",
        "antiwork/gumroad#7468: an early close anywhere in the chain reads as a clean, complete response",
        way("close-delimited; truncate at=percent:50", FAIL, name="half"),
        way("close-delimited http=1.0; truncate at=finish", FAIL, name="HTTP/1.0, before the finish"),
    ),
    numbered(
        14,
        "MUST",
        "H",
        'RFC 9112 7.1: "chunk-size = 1*HEXDIG"; Oaklight/zerodep#100',
        way("bad-chunk-size at=percent:50", FAIL, name="no number"),
        way("bad-chunk-size at=percent:50 text=-5", FAIL, name="negative"),
    ),
    numbered(
        15,
        "MUST",
        "H",
        "anthropics/anthropic-sdk-typescript#867; deepseek-ai/DeepSeek-V3#1608; moonbitlang/openseek#343",
        way("hang at=percent:50", FAIL, name="half"),
        way("hang at=tool-args", FAIL, name="in tool arguments", tape="call", apis=_CALLS),
    ),
    numbered(
        16,
        "POLICY",
        "M",
        "anthropics/anthropic-sdk-typescript#749; mastra-ai/mastra#22416",
        way("heartbeat-only at=percent:50 gap=300ms for=4s", POLICY_FAIL, name="comments"),
        way("ping-only at=percent:50 gap=300ms for=4s", POLICY_FAIL, name="pings", apis=("anthropic",)),
        apis=SSE_MODELS,
    ),
    numbered(
        17,
        "MUST",
        "H",
        "earendil-works/pi#3715; QwenLM/qwen-code#4711; BerriAI/litellm#31865",
        way("stall at=event:3 for=61s", SAME, name="once"),
        way("stall at=event:3 for=11s; stall at=event:9 for=101s; stall at=event:15 for=301s", SAME, name="thrice"),
        apis=APIS,
    ),
    numbered(
        18,
        "MUST",
        "M",
        "launchdarkly/sse-contract-tests (any bytes reset the read timeout); moonbitlang/openseek#343",
        way("slow-drip bytes=100 gap=20ms", SAME),
        apis=APIS,
    ),
    numbered(
        19,
        "MUST",
        "M",
        "ggml-org/llama.cpp#20872; nginx/nginx#1505",
        way("buffered-burst", SAME, name="all at the end"),
        way("buffered-burst block=4KiB", SAME),
        way("buffered-burst block=32KiB", SAME),
        apis=APIS,
    ),
    numbered(
        20,
        "MUST",
        "M",
        "Kludex/starlette#2753; eclipse-ee4j/jersey#3309; RFC 9110 12.5.3",
        way("gzip", _PLAIN),
        apis=APIS,
    ),
    numbered(
        21,
        "MUST",
        "M",
        "tower-rs/tower-http#419; nexu-io/open-design#99; RFC 9110 12.5.3",
        way("gzip flush=none", _PLAIN),
        apis=APIS,
    ),
    numbered(
        22,
        "MUST",
        "H",
        "anthropics/anthropic-sdk-python#469; Portkey-AI/gateway#1253",
        way("gzip-unlabelled", FAIL_EARLY, name="without a label"),
        way("gzip-broken", FAIL_EARLY, name="corrupt"),
        way("gzip-broken how=truncated", FAIL_EARLY, name="truncated"),
    ),
    numbered(
        23,
        "SHOULD",
        "M",
        "open-webui/terminals#24; NousResearch/hermes-agent#91460; RFC 9110 9.2.2",
        way("status 503 retry-after=0 times=1; stale-keepalive times=1", RETRY),
    ),
    numbered(
        24,
        "MUST",
        "H",
        "openai/openai-python#3440; openai/openai-python#3520",
        way("open-after-done", _PROMPT, apis=_MARKED),
        way("open-after-done", POLICY_SAME, name="no terminal event", apis=("gemini",), level="POLICY"),
    ),
    numbered(
        25,
        "SHOULD",
        "L",
        "openai/openai-python#3580; RFC 9112 6.3",
        way("bytes-after-done", SAME, apis=(*SSE_MODELS, EVENTS)),
        way("event-after-done", SAME, apis=_MARKED),
        way("bytes-after-end", SAME, apis=MODELS),
        way("bytes-after-end as=answer gap=0", SAME, apis=MODELS),
    ),
    numbered(26, "SHOULD", "H", "basketikun/chatgpt2api#369; encode/httpx#828"),
)
