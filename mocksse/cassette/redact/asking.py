"""The body of a request as a cassette has it, and what is asked of a server in the same terms.

A body that comes in is compared with one that was blotted when it was recorded. So the same is done to it: what was the
same then is the same again, as long as it is as long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocksse.cassette.redact.chain import Chain, body_stages
from mocksse.cassette.redact.credentials import credentials
from mocksse.cassette.redact.rules import NO_RULES, Rules

if TYPE_CHECKING:
    from mocksse.cassette.redact.blot import Secrets

JSON = "application/json"
"""What every request body is taken for."""


def redact_request(body: bytes, secrets: Secrets, rules: Rules = NO_RULES) -> bytes:
    """A request's body, blotted; as long as it was."""
    return Chain(body_stages(secrets, rules, JSON)).whole(body)


def comparable(body: bytes, rules: Rules = NO_RULES) -> bytes:
    """A body that comes in as the recording of it has it; done twice it changes nothing more."""
    return redact_request(body, credentials("", (), body, rules), rules)
