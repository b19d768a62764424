"""Which models recorded requests ask for: by the body, else by a path that names one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from mocksse.cassette.match.body import parse_json
from mocksse.providers.lenient import string

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mocksse.cassette.model import Request

# Gemini and Vertex, Bedrock, Azure.
_IN_PATH = re.compile(
    r".*/(?:(?:models|tunedModels)/(?P<gemini>[^/:]+):\w+"
    r"|model/(?P<bedrock>[^/]+)/(?:converse|converse-stream|invoke|invoke-with-response-stream)"
    r"|openai/deployments/(?P<azure>[^/]+)/.+)"
)


def model_of(request: Request) -> str:
    """The model that a request names; an empty string where it names none."""
    if model := string(parse_json(request.body), "model"):
        return model
    found = _IN_PATH.fullmatch(request.path.partition("?")[0])
    name = unquote(next(filter(None, found.groups()))) if found else ""
    return "" if name.startswith("{") else name


def model_names(requests: Iterable[Request]) -> tuple[str, ...]:
    """All models that the requests name, each once, in their order."""
    return tuple(dict.fromkeys(filter(None, map(model_of, requests))))
