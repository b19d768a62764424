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

_VALUES = ("numberValue", "boolValue", "structValue", "listValue")


def fragments(_event_type: str, payload: Any) -> tuple[Fragment, ...]:
    """What a GenerateContentResponse says."""
    found: list[Fragment] = []
    for candidate in array(payload, "candidates"):
        at = integer(candidate, "index")
        for part in array(candidate, "content", "parts"):
            kind: Kind = "reasoning" if get(part, "thought") is True else "text"
            found += piece(kind, string(part, "text"), at)
            found += _call(get(part, "functionCall"), at)
            blob = get(part, "inlineData")
            if string(blob, "mimeType").startswith("image/"):
                found += fragment.image(string(blob, "data"), string(blob, "mimeType"), at)
        found += piece("finish", string(candidate, "finishReason"), at)
    found += piece("finish", string(payload, "promptFeedback", "blockReason"))  # then there are no candidates
    found += fragment.usage(get(payload, "usageMetadata"))
    found += fragment.error(payload)
    return tuple(found)


def _call(function: Any, at: int) -> list[Fragment]:
    """Whole, or, with streamFunctionCallArguments, values by JSONPath, a string in pieces."""
    text = arguments(get(function, "args"))
    found = [*call(text, at, call_id=string(function, "id"), name=string(function, "name"))]
    for part in array(function, "partialArgs"):
        path = string(part, "jsonPath")
        if isinstance(get(part, "stringValue"), str):
            found.append(Fragment("tool", string(part, "stringValue"), at, path=path, quoted=True))
        elif isinstance(part, dict) and (told := [arguments(part[key]) for key in _VALUES if key in part]):
            found.append(Fragment("tool", told[0], at, path=path))
        elif isinstance(part, dict) and "nullValue" in part:  # its value is 0 or "NULL_VALUE"
            found.append(Fragment("tool", "null", at, path=path))
    return found


def wholes(_event_type: str, payload: Any) -> tuple[Fragment, ...]:
    """Sources: where there are any, the last chunk has them all."""
    found: list[Fragment] = []
    for candidate in array(payload, "candidates"):
        at = integer(candidate, "index")
        told = array(candidate, "groundingMetadata", "groundingChunks")
        for key in ("citationSources", "citations"):
            told = told + array(candidate, "citationMetadata", key)
        found += fragment.sources(told, at)
    return tuple(found)


def about(payload: Any) -> tuple[str, str]:
    """responseId and modelVersion."""
    return string(payload, "responseId"), string(payload, "modelVersion")


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
    wholes=wholes,
    about=about,
    numbered=False,
)
