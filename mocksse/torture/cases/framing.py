"""Framing: one stream of events, written and cut in every way that the standard allows, and in some that it does not.

Of a client that shows events as they are, the standard alone decides: what it dispatches of the bytes that were sent.
"""

from __future__ import annotations

from dataclasses import replace

from mocksse.torture.case import (
    APIS,
    COME_BACK,
    EVENTS,
    FAIL,
    FAIL_EARLY,
    MODELS,
    POLICY,
    POLICY_FAIL,
    SAME,
    SAME_OR_FAIL,
    SSE,
    SSE_MODELS,
    numbered,
    way,
)

_AS_SENT = replace(SAME, as_sent=True)
_EITHER_AS_SENT = replace(SAME_OR_FAIL, as_sent=True)
_RAW = (EVENTS,)
_LF = tuple(api for api in SSE if api != "gemini")
"""Of Gemini all lines end in CRLF as it is."""
_LINES = "WHATWG HTML 9.2.5: lines are separated by CRLF, a single LF, or a single CR"
_DECODE = "WHATWG HTML 9.2.6: streams must be decoded using the UTF-8 decode algorithm"
_EMPTY = 'WHATWG HTML 9.2.6: "If the data buffer is an empty string, set the data buffer and the event type buffer to '
_EMPTY += 'the empty string and return"'
_SPACE = 'WHATWG HTML 9.2.6: "If value starts with a U+0020 SPACE character, remove it from value"'
_COMMENT = 'WHATWG HTML 9.2.6: "If the line starts with a U+003A COLON character (:): Ignore the line"'
_PENDING = 'WHATWG HTML 9.2.6: "Once the end of the file is reached, any pending data must be discarded"'
_IGNORED = 'WHATWG HTML 9.2.6: "Otherwise: The field is ignored"'
_BOM = "WHATWG HTML 9.2.6: the UTF-8 decode algorithm strips one leading UTF-8 Byte Order Mark (BOM), if any"
_COPIES = tuple(
    way(f"large-event size={size}", SAME, apis=APIS) for size in ("64KiB+1", "128KiB+1", "512KiB+1", "1MiB", "10MiB")
)

CASES = (
    numbered(
        27,
        "MUST",
        "C",
        f"{_DECODE}; xberg-io/liter-llm#152; danielmiessler/Fabric#2203",
        way("split at={cut}", SAME, sweep="utf8"),
        apis=APIS,
    ),
    numbered(
        28, "MUST", "H", "deeplethe/utopia#764; launchdarkly/sse-contract-tests", way("byte-at-a-time", SAME), apis=APIS
    ),
    numbered(
        29,
        "MUST",
        "C",
        "brave/brave-browser#52830; graniet/llm#90",
        way("split at={cut}", SAME, name="in a field's name", sweep="field", apis=SSE),
        way("split at={cut}", SAME, name="in JSON", sweep="json"),
        way("split at={cut}", SAME, name="between line ends", sweep="newlines", apis=SSE),
        way("split at={cut}", SAME, name="around line ends", sweep="lines"),
        way("rechunk size=1 upto=64", SAME),
        apis=APIS,
    ),
    numbered(
        30, "MUST", "C", "ggml-org/llama.cpp#14268; launchdarkly/sse-contract-tests", way("coalesce", SAME), apis=APIS
    ),
    numbered(31, "MUST", "H", f"{_LINES}; hey-api/hey-api#3054", way("crlf", SAME), apis=_LF),
    numbered(
        32,
        "MUST",
        "M",
        f"{_LINES}; praxis-proxy/praxis#739; wpt format-newlines",
        way("cr", SAME),
        way("mixed-eol", SAME),
        apis=SSE,
    ),
    numbered(
        33,
        "MUST",
        "H",
        f"{_LINES}; rexxars/eventsource-parser#17; ax-llm/ax#622",
        *(
            way(f"{make}split in=crlf at=percent:{percent}", SAME, name=f"behind {percent} %", apis=apis)
            for make, apis in (("crlf; ", _LF), ("", ("gemini",)))
            for percent in (0, 20, 45, 70, 90)
        ),
        *(
            # With one data line an event, a line end too many shows nowhere.
            way(
                f"multiline-data; {make}split in=crlf at=event:{events}",
                _AS_SENT,
                name=f"amid event {events}",
                apis=apis,
            )
            for make, apis in (("crlf; ", _LF), ("", ("gemini",)))
            for events in (2, 30)
        ),
        apis=SSE,
    ),
    numbered(
        34,
        "MUST",
        "L",
        f"{_BOM}; openai/openai-python#3819; wpt format-bom",
        way("leading-bom", SAME),
        way("leading-bom; split in=bom", SAME),
        way("double-bom", _AS_SENT, apis=_RAW),
        way("bom-mid-stream", _AS_SENT, apis=_RAW),
        way("double-bom", POLICY, apis=SSE_MODELS, level="POLICY"),
        way("bom-mid-stream", POLICY, apis=SSE_MODELS, level="POLICY"),
        apis=SSE,
    ),
    numbered(
        35,
        "POLICY",
        "C",
        f"{_PENDING}; openai/openai-node#2725; a2aproject/a2a-python#1216",
        way("unterminated-final-event", POLICY, apis=SSE_MODELS),
        way("truncate at=done; unterminated-final-event", POLICY_FAIL, apis=("cohere",)),
        way("unterminated-final-event cut=line", POLICY, apis=SSE_MODELS),
        way("ids; retry 50ms; unterminated-final-event times=1", COME_BACK, apis=_RAW, level="MUST", name="and back"),
        apis=SSE,
    ),
    numbered(
        36,
        "MUST",
        "H",
        f"{_COMMENT}; deepnoodle-ai/dive#206; tmc/langchaingo#942",
        way('comment-keepalive text="OPENROUTER PROCESSING"', SAME),
        way('comment-keepalive text=""', SAME),
        way("comment-keepalive size=2KiB", SAME),
        way("comment-keepalive where=inside", SAME),
        apis=SSE,
    ),
    numbered(
        37,
        "MUST",
        "H",
        f"{_EMPTY}; theopenco/llmgateway#2334; openai/openai-python#2722",
        way("ids; ping-after-id", SAME),
        apis=SSE,
    ),
    numbered(
        38,
        "POLICY",
        "M",
        "mnfst/llm-gateway#2053; anomalyco/opencode#50871: for the standard it is data",
        way("data-wrapped-comment", POLICY_FAIL, apis=SSE_MODELS),
        way("data-wrapped-comment", _AS_SENT, apis=_RAW, level="MUST"),
        apis=SSE,
    ),
    numbered(
        39,
        "MUST",
        "H",
        f"{_EMPTY}; openai/openai-python#2722; openai/openai-python#3833",
        way("control-only-block", SAME),
        way("control-only-block at=event:0 fields=retry", SAME),
        way("ids; control-only-block fields=id", SAME),
        apis=SSE,
    ),
    numbered(
        40,
        "MUST",
        "H",
        f"{_EMPTY}; modelcontextprotocol/python-sdk#1670; NousResearch/hermes-agent#111887",
        way("event-without-data", SAME),
        way("empty-data", SAME, apis=SSE_MODELS, level="SHOULD"),
        way("empty-data", _AS_SENT, apis=_RAW),
        apis=SSE,
    ),
    numbered(
        41,
        "MUST",
        "C",
        f"{_SPACE}; openai/openai-python#498; hey-api/hey-api#3054",
        way("no-space", SAME),
        apis=SSE,
    ),
    numbered(
        42,
        "MUST",
        "L",
        f"{_SPACE}; wpt format-leading-space",
        way("extra-space", _AS_SENT),
        way("extra-space kind=tab", _AS_SENT),
        apis=SSE,
    ),
    numbered(
        43,
        "MUST",
        "L",
        'WHATWG HTML 9.2.6: "using the whole line as the field name, and the empty string as the field value"; wpt '
        "format-field-data",
        way("colonless-field", SAME),
        way("colonless-data", _AS_SENT),
        apis=SSE,
    ),
    numbered(
        44,
        "MUST",
        "H",
        "WHATWG HTML 9.2.6: append the field value to the data buffer, then append a single U+000A LINE FEED (LF); "
        "SamSaffron/term-llm#454; profullstack/sh1pt#705",
        way("multiline-data", _AS_SENT),
        apis=SSE,
    ),
    numbered(
        45,
        "MUST",
        "H",
        "rexxars/eventsource-parser#31; Wei-Shaw/sub2api#1471",
        way("missing-separator", SAME_OR_FAIL, apis=SSE_MODELS),
        way("missing-separator", _AS_SENT, apis=_RAW),
        apis=SSE,
    ),
    numbered(
        46,
        "MUST",
        "H",
        "Wei-Shaw/sub2api#1471",
        way("error-spliced-mid-event", FAIL, name="behind a line"),
        way("error-spliced-mid-event cut=amid", FAIL, name="amid a line"),
        apis=SSE_MODELS,
    ),
    numbered(
        47,
        "MUST",
        "L",
        f"{_IGNORED}; wpt format-field-parsing",
        way("unknown-field", SAME),
        apis=SSE,
    ),
    numbered(
        48,
        "MUST",
        "C",
        "ggml-org/llama.cpp#16104; coddy-project/coddy-agent#106: an empty success is wrong",
        way("error-as-field", FAIL_EARLY, name="and the end"),
        way("error-as-field then=done", FAIL_EARLY, name="and [DONE]", apis=("openai-chat",)),
        apis=SSE_MODELS,
    ),
    numbered(49, "MUST", "C", "lemonade-sdk/lemonade#2826", way("unframed-json-error", FAIL), apis=SSE_MODELS),
    numbered(
        50,
        "MUST",
        "L",
        'WHATWG HTML 9.2.6: "If the field value does not contain U+0000 NULL, then set the last event ID buffer to the '
        'field value"; RFC 8259 7',
        way("nul-in-id", SAME),
        way("nul-in-data", _EITHER_AS_SENT, apis=SSE_MODELS),
        way("nul-in-data", _AS_SENT, apis=_RAW),
        apis=SSE,
    ),
    numbered(
        51,
        "MUST",
        "L",
        'WHATWG HTML 9.2.6: "If the field value consists of only ASCII digits, then interpret the field value as an '
        'integer in base ten"; wpt format-field-retry-bogus',
        *(
            way(f"bogus-retry value={value}", SAME, apis=SSE_MODELS)
            for value in ("1000x", "03000", "99999999999999999999")
        ),
        way(
            "ids; retry 200ms; bogus-retry value=1000x at=event:1; reset at=event:4 on=first",
            replace(COME_BACK, apart_s=0.15, within_s=None),
            name="and back",
            apis=_RAW,
        ),
        apis=SSE,
    ),
    numbered(
        52,
        "MUST",
        "C",
        f"{_LINES}; florimondmanca/httpx-sse#34; openai/openai-python#1230",
        *(way(f"unicode-line-separator char={char}", _AS_SENT) for char in ("2028", "2029", "85")),
        apis=APIS,
    ),
    numbered(
        53,
        "SHOULD",
        "H",
        "openai/openai-go#368; googleapis/python-genai#2497; rtfol/aiohttp-sse-client#11",
        *_COPIES,
        way("large-event size=256KiB in=text", _AS_SENT, apis=MODELS),
        apis=APIS,
    ),
    numbered(
        54,
        "SHOULD",
        "H",
        "rexxars/eventsource-parser#28; openai/openai-node#2324",
        way("large-event size=8MiB; rechunk size=256", replace(SAME, within_s=10.0)),
        apis=APIS,
    ),
    numbered(
        55,
        "MUST",
        "H",
        "KarpelesLab/teamclaude#341",
        way("endless-line size=17MiB", FAIL),
        apis=("openai-chat", "openai-responses", "anthropic", "cohere", "ollama"),
    ),
    numbered(
        56,
        "MUST",
        "L",
        f"{_EMPTY}; launchdarkly/sse-contract-tests",
        way("extra-blank-lines", SAME),
        way("extra-blank-lines lines=2", SAME),
        apis=SSE,
    ),
    numbered(
        57,
        "SHOULD",
        "L",
        "openclaw/openclaw#97474",
        way("double-data-prefix", FAIL_EARLY, apis=SSE_MODELS),
        apis=SSE_MODELS,
    ),
    numbered(
        58,
        "MUST",
        "L",
        "WHATWG HTML 9.2.6: fields are processed in the order of their lines, whatever it is; "
        "launchdarkly/sse-contract-tests",
        way("field-order", SAME),
        apis=SSE,
    ),
)
