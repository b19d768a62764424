"""What is known of credentials and accounts: the names they go by, and the values that only stand in for one.

All lists are here and nowhere else. They lean towards finding too much in headers, queries and forms, where names are
few and mean what they say, and towards finding too little in JSON, where `key` and `token` are everyday words: a value
taken for a secret by mistake is blotted out of the whole recording.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# The words of apiKey, api_key, API-Key and APIKey.
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")

_SECRET_WORDS = _set("""
    auth authorization authentication bearer credential credentials jwt key oauth passphrase passwd password pwd secret
    secrets sig signature token accesskey accesstoken apikey apitoken authkey authtoken clientsecret idtoken
    privatekey privatetoken refreshtoken secretkey securitytoken sessiontoken subscriptionkey
""")
# Of the words above those that JSON bodies use for other things as well.
_EVERYDAY_WORDS = frozenset({"key", "token"})
_NOT_IN_JSON = frozenset({"sig", "signature"})
# What a key or token is called that opens nothing: `prompt_cache_key`, `eos_token`, `pageToken`.
_HARMLESS = _set("""
    added bos cache cancel cls continuation cursor decoder dedup dedupe end eos first foreign idempotency image last
    mask max min next num pad page partition prefix prev previous primary public routing sep sort special start stop
    suffix sync total unk
""")
# `auth_type` and `token_url` hold no credential.
_NOT_VALUES = _set("""
    algorithm count endpoint expiry expires format header headers limit method mode name scheme size status type uri
    url version
""")
ACCOUNT_HEADERS = frozenset({"chatgpt-account-id", "openai-organization", "openai-project", "x-goog-user-project"})
"""Account identifiers in requests: no credentials, but nobody's business either."""
REQUEST_ID_HEADERS = (
    "x-request-id",
    "request-id",
    "x-amzn-requestid",
    "apim-request-id",
    "x-ds-trace-id",
    "x-groq-request-id",
    "x-ms-request-id",
    "cf-ray",
)
"""Where a provider says what it calls a request, the best known first."""
IDENTIFYING_HEADERS = frozenset(
    {
        *REQUEST_ID_HEADERS,
        "anthropic-organization-id",
        "anthropic-workspace-id",
        "nel",
        "openai-organization",
        "openai-project",
        "report-to",
        "x-databricks-org-id",
        "x-groq-id",
        "x-litellm-key-spend",
        "x-ratelimit-key",
    }
)
"""Headers of an answer that identify an account or a request."""
IDENTIFYING_FIELDS = frozenset({b"prompt_cache_key", b"safety_identifier", b"user", b"user_id"})
"""Fields of a JSON body that identify whoever asks."""
_TOP: tuple[tuple[bytes, ...], ...] = ((), (b"response",), (b"error",), (b"error", b"metadata"))
IDENTIFYING_PLACES = dict.fromkeys(IDENTIFYING_FIELDS, _TOP) | {b"user_id": (*_TOP, (b"metadata",))}
"""The objects that have such a field, by the keys that lead there. Elsewhere a field of that name is what was said:
`user` in the arguments of a tool."""
# What stands before the word `key` in JSON where it is a credential.
_OPENING_KEYS = _set("""
    access account admin api auth client encryption license master openai anthropic private provider secret service
    shared signing ssh subscription user
""")


@lru_cache(maxsize=1024)
def _words(name: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in _WORD.findall(name))


def _secret_words(name: str) -> Iterator[tuple[str, str]]:
    """The words of a name that speak of a credential, each with the word before it."""
    words = _words(name)
    if not words or words[-1] in _NOT_VALUES:
        return
    for before, word in zip(("", *words), words, strict=False):
        if word in _SECRET_WORDS and not (word in _EVERYDAY_WORDS and before in _HARMLESS):
            yield before, word


def is_credential_name(name: str) -> bool:
    """Whether a header, a query key or a form field of that name holds a credential."""
    # `code` is an OAuth authorization code, `country_code` is not.
    return name.lower() == "code" or name.lower() in ACCOUNT_HEADERS or any(_secret_words(name))


def is_credential_field(name: str, value: str) -> bool:
    """Whether a string in a JSON body holds a credential."""
    for before, word in _secret_words(name):
        if word in {"passphrase", "password", "passwd", "pwd"}:
            return True
        # Prose is about credentials, and none. A key in PEM is no prose.
        if word in _NOT_IN_JSON or (" " in value and not value.startswith("-----BEGIN ")):
            continue
        if word not in _EVERYDAY_WORDS or (word == "key" and before in _OPENING_KEYS):
            return True
        # `"token": "something"` is a word of a text; `"key": "customer_name"` the name of something else.
        mixed = re.search(r"[0-9]", value) and re.search(r"[A-Za-z]", value)
        if (len(value) >= 16 and mixed) or (word == "token" and (len(value) >= 16 or not value.isalpha())):
            return True
    return False


_PLACEHOLDERS = _set("""
    accepted anonymous anything api-key apikey bearer changeme change-me collapsed default disabled dummy empty enabled
    essential example expanded fake foobar ignored keep-alive llama.cpp llamacpp lm-studio lmstudio local localhost
    mock mocksse my-api-key my-key necessary no-api-key no-auth no-cache no-key no-key-needed no-key-required none
    not-needed not-required not-used notneeded null ollama openai passw0rd password placeholder replaceme required
    sample secret sk-no-key-required something string test testing testtest token-abc123 undefined unlimited unused
    username vllm
""")
_PLACEHOLDER = re.compile(
    r"""
    sk-test (?:[-_][a-z]{1,12})* (?:[-_]? (?: 0?1234567(?:8(?:90?)?)?[a-f]* | [0-9]{1,6} ))?  # by convention
    | (?:[a-z]+[-_])? (.)\1{5,}                                       # one character again and again
    | .* (?: x{6} | \*{3} | \.{3} | … ) .*                            # masked, or left out
    | x [x_-]*
    | < [^<>]* > | \$\{ .* \} | \{\{ .* \}\} | \{ [a-z_ -]+ \} | \[ [a-z_ -]+ \]
    | (?-i: \$[A-Z_][A-Z0-9_]* | %[A-Z_][A-Z0-9_]*% )
    | (?:sk[-_]|hf_|gsk_)? (?:proj-|ant-)?
      (?:your|insert|enter|replace|dummy|fake|mock|test|testing|example|placeholder|sample|no|not)
      (?:[-_ ][a-z]+)*                                                # YOUR_OPENAI_API_KEY, fake-key, sk-dummy
    | (?:sk-)? 0? 1234567 (?:8(?:9(?:0[0-9]*)?)?)?
    | (?:application|audio|font|image|model|multipart|text|video)/.*
    | https?://.*
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)


def is_placeholder(value: bytes) -> bool:
    """Whether a value only stands in for a credential, or can't be one: to blot it would spoil ordinary text."""
    text = value.decode("utf-8", "replace").strip()
    return text.lower().replace("_", "-") in _PLACEHOLDERS or _PLACEHOLDER.fullmatch(text) is not None
