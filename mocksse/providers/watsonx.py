"""IBM watsonx.ai, its own text generation: a list of results in each event. Its chat endpoint speaks OpenAI's."""

from __future__ import annotations

from typing import Any

from mocksse.providers import fragment
from mocksse.providers.api import Api, route
from mocksse.providers.fragment import Fragment, piece
from mocksse.providers.lenient import array, get, string

_GOES_ON = "not_finished"
_COUNTERS = ("input_token_count", "generated_token_count")


def fragments(_event_type: str, payload: Any) -> tuple[Fragment, ...]:
    """What an event says."""
    found: list[Fragment] = []
    for result in array(payload, "results"):
        found += piece("text", string(result, "generated_text"))
        found += piece("finish", _reason(result))
        counts = {key: get(result, key) for key in _COUNTERS}
        found += fragment.usage({key: count for key, count in counts.items() if count is not None})
    for error in array(payload, "errors"):
        found += fragment.failure(string(error, "message"), string(error, "code"))
    return (*found, *fragment.error(payload))


def _reason(result: Any) -> str:
    why = string(result, "stop_reason")
    return "" if why.lower() == _GOES_ON else why


def recognises(_event_type: str, payload: Any) -> bool:
    """By a result with a text."""
    return any(isinstance(get(result, "generated_text"), str) for result in array(payload, "results"))


def done(_event_type: str, payload: Any) -> bool:
    """The event with a reason to stop."""
    return any(_reason(result) for result in array(payload, "results"))


def about(payload: Any) -> tuple[str, str]:
    """It names the model only."""
    return "", string(payload, "model_id")


API = Api(
    name="watsonx",
    title="IBM watsonx.ai",
    routes=(
        route(r"(?P<base>.*)/ml/v1(?:-beta)?/(?:deployments/[^/]+/)?(?:text/generation|generation/text)(?:_stream)?"),
    ),
    fragments=fragments,
    recognises=recognises,
    done=done,
    about=about,
)
