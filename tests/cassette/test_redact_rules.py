"""A user's own rules: checked when they are made, and what they change."""

from __future__ import annotations

import subprocess
import sys

import pytest

from mocksse.cassette.redact import Rules, Secrets, credentials, redact_head, redact_url, request_id, stored_headers
from mocksse.errors import UsageError


@pytest.mark.parametrize(
    ("rules", "says"),
    [
        ({"headers": ("no: colon",)}, "redact: 'no: colon' is no name of a header"),
        ({"keep_headers": ("",)}, "redact: '' is no name of a header"),
        ({"headers": ("X-A",), "keep_headers": ("x-a",)}, "redact: x-a is to be blotted and to be kept"),
        ({"jsonpaths": ("$.a", "$[")}, "redact: '$[' is no JSONPath"),
        ({"patterns": ("a", "(")}, "redact: the pattern '(' is no regular expression"),
        ({"patterns": ("(a+)+",)}, "redact: the pattern '(a+)+' repeats what repeats"),
    ],
)
def test_what_is_no_rule_is_refused_by_name(rules: dict[str, tuple[str, ...]], says: str) -> None:
    with pytest.raises(UsageError) as refused:
        Rules(**rules)
    assert str(refused.value).startswith(says)


HEAD = (
    (b"Content-Type", b"text/plain"),
    (b"X-Request-Id", b"req_1"),
    (b"CF-Ray", b"9abc-FRA"),
    (b"openai-organization", b"org-me"),
    (b"NEL", b'{"report_to":"cf"}'),
    (b"X-Auth-Token", b"Quite1secret"),
    (b"Access-Control-Allow-Credentials", b"true"),
    (b"x-ratelimit-remaining-tokens", b"8000000000"),
    (b"X-Note", b"sk-Ab1Cd2Ef3Gh4Ij5Kl6 of acme"),
)


def values(rules: Rules) -> list[bytes]:
    return [value for _, value in redact_head(HEAD, Secrets(), rules)]


def test_the_defaults_of_a_head() -> None:
    blots = [b"x" * len(value) for _, value in HEAD]
    kept = [value for _, value in HEAD]
    assert values(Rules()) == [kept[0], *blots[1:6], *kept[6:8], b"x" * 21 + b" of acme"]


def test_rules_for_a_head() -> None:
    rules = Rules(headers=("Content-Type",), keep_headers=("x-request-ID", "X-Note"), patterns=("acme",))
    out = values(rules)
    assert out[:3] == [b"x" * 10, b"req_1", b"x" * 8]
    assert out[-1] == b"x" * 21 + b" of xxxx", "a header that is kept keeps no credential"


def test_rules_for_a_request() -> None:
    headers = (("Accept", "a/b"), ("X-Tenant", "acme"), ("Authorization", "Bearer Quite1secret"), ("User-Agent", "u"))
    rules = Rules(headers=("accept",), keep_headers=("x-tenant", "authorization"))
    secrets = credentials("/", headers, b"", rules)
    kept = (("accept", "xxx"), ("x-tenant", "acme"), ("authorization", "Bearer xxxxxxxxxxxx"))
    assert stored_headers(headers, secrets, rules) == kept
    assert redact_url("/acme?q=1", Secrets(), Rules(patterns=("acme",))) == "/xxxx?q=1"


def test_an_account_header_that_is_kept_is_no_secret() -> None:
    headers = (("OpenAI-Organization", "org-123456"),)
    assert credentials("/", headers, b"").values == (b"org-123456",)
    assert credentials("/", headers, b"", Rules(keep_headers=("openai-organization",))).values == ()


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (HEAD, ("req_1", "x-request-id")),
        (((b"CF-Ray", b"9a"), (b"Request-Id", b"req_2")), ("req_2", "request-id")),
        (((b"cf-ray", b"9a"),), ("9a", "cf-ray")),
        ((), ("", "")),
    ],
)
def test_the_request_id(head: tuple[tuple[bytes, bytes], ...], told: tuple[str, str]) -> None:
    assert request_id(head) == told


def test_jsonpath_is_imported_only_when_it_is_used() -> None:
    code = "import sys; from mocksse.cassette.redact import Rules; Rules(); print('jsonpath_rfc9535' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
