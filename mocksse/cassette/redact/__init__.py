"""Redaction at the source: what is secret in a request is in no file, whatever way it is spelt.

Pure and incremental: `credentials` finds the secrets of a request, `BodyRedactor` takes them out of a response as it
comes in. It does not guess at secrets of the response itself, cookies aside.
"""

from mocksse.cassette.redact.blot import Blotter, Secrets
from mocksse.cassette.redact.body import BodyRedactor
from mocksse.cassette.redact.credentials import credentials
from mocksse.cassette.redact.head import STORED_REQUEST_HEADERS, redact_head, redact_url, set_cookies, stored_headers
from mocksse.cassette.redact.known import is_credential_name

__all__ = [
    "STORED_REQUEST_HEADERS",
    "Blotter",
    "BodyRedactor",
    "Secrets",
    "credentials",
    "is_credential_name",
    "redact_head",
    "redact_url",
    "set_cookies",
    "stored_headers",
]
