"""Which events an API defines: those of its documentation and its SDKs, and those that its servers were seen to send.

An API whose events have types is known by them; of the others an event has to have one of the members that theirs
have. Of an API that is in neither table every event counts as defined.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mocksse.providers import anthropic, bedrock, cohere, registry, vercel_ui
from mocksse.providers.lenient import decode, string

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mocksse.providers.api import Api
    from mocksse.providers.framing import Frame


def _each(families: str) -> frozenset[str]:
    """`a.b|c` is a.b and a.c."""
    found: set[str] = set()
    for family in families.split():
        stem, _, ends = family.rpartition(".")
        found.update(f"{stem}.{end}" if stem else end for end in ends.split("|"))
    return frozenset(found)


_TYPES: Mapping[str, frozenset[str]] = {
    "openai-responses": _each(
        """
        error|keepalive
        response.created|queued|in_progress|completed|incomplete|failed|cancelled
        response.output_item.added|done
        response.content_part.added|done
        response.output_text.delta|done
        response.output_text.annotation.added
        response.refusal.delta|done
        response.reasoning_text.delta|done
        response.reasoning_summary_part.added|done
        response.reasoning_summary_text.delta|done
        response.function_call_arguments.delta|done
        response.custom_tool_call_input.delta|done
        response.mcp_call_arguments.delta|done
        response.mcp_call.in_progress|completed|failed
        response.mcp_list_tools.in_progress|completed|failed
        response.file_search_call.in_progress|searching|completed
        response.web_search_call.in_progress|searching|completed
        response.code_interpreter_call.in_progress|interpreting|completed
        response.code_interpreter_call_code.delta|done
        response.image_generation_call.in_progress|generating|partial_image|completed
        response.shell_call_command.added|delta|done
        response.shell_call_output_content.delta|done
        response.steer.pending|accepted|failed
        response.compaction.compacting
        response.audio.delta|done
        response.audio.transcript.delta|done
        """
    ),
    "anthropic": anthropic.TYPES | {"error"},
    "cohere": cohere.TYPES | {"debug"},
    "bedrock": bedrock.TYPES | {"metadata", "chunk", "initial-response"},
    "vercel-ui": vercel_ui.OWN_TYPES
    | _each("start|finish|abort|error|file|reasoning-file|custom|reset-step|steering-message"),
    "ag-ui": _each(
        """
        RUN_STARTED|RUN_FINISHED|RUN_ERROR|STEP_STARTED|STEP_FINISHED|RAW|CUSTOM
        TEXT_MESSAGE_START|TEXT_MESSAGE_CONTENT|TEXT_MESSAGE_END|TEXT_MESSAGE_CHUNK
        TOOL_CALL_START|TOOL_CALL_ARGS|TOOL_CALL_END|TOOL_CALL_CHUNK|TOOL_CALL_RESULT
        STATE_SNAPSHOT|STATE_DELTA|MESSAGES_SNAPSHOT|ACTIVITY_SNAPSHOT|ACTIVITY_DELTA
        REASONING_START|REASONING_END|REASONING_ENCRYPTED_VALUE
        REASONING_MESSAGE_START|REASONING_MESSAGE_CONTENT|REASONING_MESSAGE_END|REASONING_MESSAGE_CHUNK
        THINKING_START|THINKING_END
        THINKING_TEXT_MESSAGE_START|THINKING_TEXT_MESSAGE_CONTENT|THINKING_TEXT_MESSAGE_END
        SUBAGENT_STARTED|SUBAGENT_FINISHED|SUBAGENT_ERROR
        """
    ),
}
_OPEN = {"vercel-ui": re.compile(r"data-.+"), "bedrock": re.compile(r"\w+Exception")}
"""Types without number: an application's own parts, errors by their name."""
_MEMBERS: Mapping[str, frozenset[str]] = {
    "openai-chat": frozenset({"choices", "usage", "error"}),
    "openai-completions": frozenset({"choices", "usage", "error"}),
    "gemini": frozenset({"candidates", "promptFeedback", "usageMetadata", "error"}),
    "ollama": frozenset({"message", "response", "done", "status", "error"}),
    "llamacpp": frozenset({"content", "prompt_progress", "error"}),
    "tgi": frozenset({"token", "generated_text", "error"}),
}


def type_of(frame: Frame) -> str:
    """An event's type: its payload's, or where that has none the `event:` line's."""
    return string(decode(frame.data), "type") or frame.type


def defines(api: Api, frame: Frame) -> bool:
    """Whether this can be an event of the API; broken JSON is no event of another kind."""
    if frame.kind != "event" or registry.is_done_mark(frame):
        return True
    payload = decode(frame.data)
    if payload is None:
        return True
    if types := _TYPES.get(api.name):
        told = type_of(frame)
        return told in types or (api.name in _OPEN and _OPEN[api.name].fullmatch(told) is not None)
    members = _MEMBERS.get(api.name)
    return members is None or (isinstance(payload, dict) and not members.isdisjoint(payload))
