"""Google's Gemini, from generativelanguage and from Vertex AI, with alt=sse and as one JSON array.

Numbers and names that are left out are 0 and "", as everywhere in protobuf JSON. There is no event that ends the
stream: a chunk with a finishReason is the last one to expect, and every chunk repeats the usage so far.
"""

from __future__ import annotations

from typing import Any

from mocksse.providers import fragment
from mocksse.providers.api import Api, route
from mocksse.providers.fragment import Fragment, Kind, arguments, call, piece
from mocksse.providers.lenient import array, get, integer, string

_VALUES = ("stringValue", "numberValue", "boolValue")


def fragments(_event_type: str, payload: Any) -> tuple[Fragment, ...]:
    """What a GenerateContentResponse says."""
    found: list[Fragment] = []
    for candidate in array(payload, "candidates"):
        at = integer(candidate, "index")
        for part in array(candidate, "content", "parts"):
            kind: Kind = "reasoning" if get(part, "thought") is True else "text"
            found += piece(kind, string(part, "text"), at)
            found += _call(get(part, "functionCall"), at)
        found += piece("finish", string(candidate, "finishReason"), at)
    found += piece("finish", string(payload, "promptFeedback", "blockReason"))  # then there are no candidates
    found += fragment.usage(get(payload, "usageMetadata"))
    found += fragment.error(payload)
    return tuple(found)


def _call(function: Any, at: int) -> tuple[Fragment, ...]:
    """Whole, or, with streamFunctionCallArguments, values by JSONPath: then the text is that of the values."""
    text = arguments(get(function, "args"))
    for part in array(function, "partialArgs"):
        text += "".join(arguments(get(part, key)) for key in _VALUES)
    return call(text, at, call_id=string(function, "id"), name=string(function, "name"))


def recognises(_event_type: str, payload: Any) -> bool:
    """By the names of its three top-level parts."""
    return bool(array(payload, "candidates")) or any(
        isinstance(get(payload, key), dict) for key in ("promptFeedback", "usageMetadata")
    )


_VERSION = r"(?:/(?:v1(?:alpha|beta)?\d*|\{version\}))?"
"""Of a recording that is for any, as clients differ in it, `{version}`."""
_METHOD = r":(?:streamGenerateContent|generateContent)"

API = Api(
    name="gemini",
    title="Google Gemini",
    routes=(
        route(
            rf"(?P<base>.*?){_VERSION}/(?:projects|publishers)/.+{_METHOD}",
            GOOGLE_VERTEX_BASE_URL="{origin}{base}",
        ),
        route(
            rf"(?P<base>.*?){_VERSION}/(?:models|tunedModels)/[^/]+{_METHOD}",
            GOOGLE_GEMINI_BASE_URL="{origin}{base}",
        ),
    ),
    fragments=fragments,
    recognises=recognises,
)
