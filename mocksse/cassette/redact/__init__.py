"""Redaction at the source: what is secret in a request is in no file, whatever way it is spelt.

Pure and incremental: `credentials` finds the secrets of a request, `BodyRedactor` takes them out of a response as it
comes in, with whatever has the shape of a key, identifies an account, or is named by a user's `Rules`. `comparable`
does the same to a request that is compared with a recorded one.
"""

from mocksse.cassette.redact.asking import comparable, redact_request
from mocksse.cassette.redact.blot import Blotter, Secrets
from mocksse.cassette.redact.body import BodyRedactor
from mocksse.cassette.redact.chain import blot_text, body_stages
from mocksse.cassette.redact.credentials import credentials
from mocksse.cassette.redact.discover import discover
from mocksse.cassette.redact.head import (
    STORED_REQUEST_HEADERS,
    redact_head,
    redact_url,
    request_id,
    set_cookies,
    stored_headers,
)
from mocksse.cassette.redact.known import is_credential_name, is_placeholder
from mocksse.cassette.redact.rules import NO_RULES, Rules

__all__ = [
    "NO_RULES",
    "STORED_REQUEST_HEADERS",
    "Blotter",
    "BodyRedactor",
    "Rules",
    "Secrets",
    "blot_text",
    "body_stages",
    "comparable",
    "credentials",
    "discover",
    "is_credential_name",
    "is_placeholder",
    "redact_head",
    "redact_request",
    "redact_url",
    "request_id",
    "set_cookies",
    "stored_headers",
]
