"""What in a request counts as a secret."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest

from mocksse.cassette.redact import credentials, is_credential_name
from mocksse.cassette.redact.known import is_placeholder

KEY = "c4nary-0123456789"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.c2lnbmF0dXJlMTIz"
PASSWORDS = b64encode(b"someuser:pass:w0rd").decode()


def found(
    url: str = "http://127.0.0.1/v1", headers: tuple[tuple[str, str], ...] = (), body: bytes | str = b""
) -> set[str]:
    body = body.encode() if isinstance(body, str) else body
    return {value.decode() for value in credentials(url, headers, body).values}


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("Authorization", f"Bearer {KEY}", {KEY}),
        ("authorization", f"bearer  {KEY} ", {KEY}),
        ("Authorization", KEY, {KEY}),
        ("Authorization", f"Own-Scheme {KEY}", {KEY}),
        ("Proxy-Authorization", f"Basic {PASSWORDS}", {PASSWORDS, "someuser:pass:w0rd", "pass:w0rd"}),
        ("Authorization", "Basic !no-base64", {"!no-base64"}),
        ("Authorization", f'Token token="{KEY}"', {KEY, f'token="{KEY}"'}),
        ("x-api-key", KEY, {KEY}),
        ("api-key", KEY, {KEY}),
        ("X-Goog-Api-Key", KEY, {KEY}),
        ("x-amz-security-token", KEY, {KEY}),
        ("X-Auth-Token", KEY, {KEY}),
        ("apikey", KEY, {KEY}),
        ("CF-Access-Client-Secret", KEY, {KEY}),
        ("x-upstream-auth", f"Bearer {KEY}", {KEY}),
        ("openai-organization", "org-A1b2C3d4", {"org-A1b2C3d4"}),
        (
            "Cookie",
            f'a=1; sid={KEY}; b="qu0ted-value"; short=1234567; c=%7Bjson%7D',
            {KEY, "qu0ted-value", "%7Bjson%7D"},
        ),
        ("Cookie", f"{KEY}", {KEY}),
        ("Content-Type", "application/json", set()),
        ("User-Agent", "curl/8.5.0", set()),
        ("anthropic-beta", "token-counting-2024-11-01", set()),
        ("x-api-key", "test", set()),
        ("x-api-key", "1234567", set()),
        ("x-api-key-type", "service_account", set()),
        ("x-anything", f"see {JWT}, please", {JWT}),
        ("x-anything", "sk-proj-abcDEF0123456789abcd", {"sk-proj-abcDEF0123456789abcd"}),
    ],
)
def test_headers(name: str, value: str, expected: set[str]) -> None:
    assert found(headers=(("Accept", "*/*"), (name, value))) == expected


def test_a_signed_request_of_aws() -> None:
    signed = "AWS4-HMAC-SHA256 Credential={}/20261122/us-east-1/bedrock/aws4_request, SignedHeaders={}, Signature={}"
    values = found(headers=(("Authorization", signed.format("AKIA0123456789ABCDEF", "host;x-amz-date", "ab12" * 16)),))
    assert {"AKIA0123456789ABCDEF", "ab12" * 16} < values
    assert not any(value.startswith(("host", "us-east")) for value in values)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (f"https://host/v1beta/models?alt=sse&key={KEY}", {KEY}),
        (f"/v1?api_key={KEY}#top", {KEY}),
        (f"/v1?to=http://other/&apiKey={KEY}", {KEY}),
        ("https://host/?access_token=a%2Fb%2Bc%3Dd123", {"a%2Fb%2Bc%3Dd123", "a/b+c=d123"}),
        ("https://host/?token=with+a+plus", {"with+a+plus", "with a plus"}),
        (f"https://host/?code={KEY}&state=abcdefghij", {KEY}),
        (f"https://host/?sig={KEY}&X-Amz-Credential=AKIA0123456789ABCDEF%2Fus", None),
        (f"https://user:{KEY}@host/", {KEY}),
        (f"https://{KEY}@host/", {KEY}),
        ("https://someusername:p%40ssw0rd@host:8080/", {"p%40ssw0rd", "p@ssw0rd"}),
        ("https://host/a@b:c/secret=abcdefghij", set()),
        ("/v1?max_tokens=12345678&model=abcdefghij&page_token=abcdefghij&sort_key=abcdefghij", set()),
        ("/v1?key=test&token=your-api-key", set()),
        ("/bot/AIza" + "0aB_" * 9, {"AIza" + "0aB_" * 9}),
        ("http://[broken/?key=abcdef-12345", {"abcdef-12345"}),
    ],
)
def test_urls(url: str, expected: set[str] | None) -> None:
    if expected is None:
        expected = {KEY, "AKIA0123456789ABCDEF", "AKIA0123456789ABCDEF/us", "AKIA0123456789ABCDEF%2Fus"}
    assert found(url) == expected


@pytest.mark.parametrize(
    "field",
    [
        "api_key",
        "apiKey",
        "api-key",
        "token",
        "access_token",
        "accessToken",
        "client_secret",
        "password",
        "Authorization",
    ],
)
def test_json_fields_at_any_depth(field: str) -> None:
    inner = {"list": [{field: KEY}], "model": "some-model-1"}
    assert found(body=json.dumps(inner)) == {KEY}
    assert found(body=json.dumps({"tools": [inner]}, separators=(",", ":"))) == {KEY}
    assert found(body=json.dumps({"arguments": json.dumps(inner)})) == {KEY}
    assert found(body=json.dumps({"messages": json.dumps({"arguments": json.dumps(inner)})})) == {KEY}
    assert found(body="[" * 100_000 + json.dumps(inner)) == {KEY}
    assert found(body=json.dumps({"n": 1e400, field: KEY})[:-1]) == {KEY}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("max_tokens", 4096000000),
        ("max_tokens", "4096000000"),
        ("token", 1234567890),
        ("token", True),
        ("token", None),
        ("token", "something"),
        ("token", " with spaces "),
        ("eos_token", "<|endoftext|>"),
        ("next_page_token", KEY),
        ("prompt_cache_key", KEY),
        ("key", "customer_name"),
        ("public_key", "abcdefgh-12345678"),
        ("signature", "EqQBCgIYAhIM1gbcDa9GJwZA2b3h"),
        ("thoughtSignature", "EqQBCgIYAhIM1gbcDa9GJwZA2b3h"),
        ("auth_type", "service_account"),
        ("token_url", "https://host/token"),
        ("api_key", {"type": "string", "description": "The API key, abcdefgh"}),
        ("api_key", "${OPENAI_API_KEY}"),
        ("api_key", "short"),
        ("api_key", "The API key to use"),
        ("password", "password"),
        ("author", "somebody-123"),
        ("keyboard", "mechanical-75"),
    ],
)
def test_json_fields_that_are_no_secrets(field: str, value: object) -> None:
    assert found(body=json.dumps({"a": {field: value}, "b": [field, value]})) == set()


def test_json_values_as_they_are_meant() -> None:
    assert found(body=r'{"api_key": "a\/b\"c\\d\u00e9\n12"}') == {'a/b"c\\dé\n12'}
    assert found(body=json.dumps({"authorization": f"Bearer {KEY}"})) == {KEY}
    assert found(body='{"key": "a1b2c3d4e5f6a7b8"}') == {"a1b2c3d4e5f6a7b8"}
    assert found(body='{"password": "correct horse battery"}') == {"correct horse battery"}
    pem = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqh\n-----END PRIVATE KEY-----"
    assert found(body=json.dumps({"private_key": pem})) == {pem}
    assert found(body='{"token": "' + "a1" * 9000 + '"}') == set()
    assert credentials("/", (), b'{"token": "\xff\xfe-12345678"}').values == ("\ufffd\ufffd-12345678".encode(),)


def test_forms() -> None:
    kind = "application/x-www-form-urlencoded; charset=utf-8"
    body = f"grant_type=client_credentials&client_secret={KEY}&code=a%2Fb-123456\n"
    assert found(headers=(("content-type", kind),), body=body) == {KEY, "a%2Fb-123456", "a/b-123456"}
    part = 'Content-Disposition: form-data; name="{}"\r\n\r\n{}\r\n--b'
    body = "--b\r\n" + "\r\n".join([part.format("model", "whisper-12345"), part.format("api_key", KEY)]) + "--\r\n"
    assert found(headers=(("content-type", "multipart/form-data; boundary=b"),), body=body) == {KEY}


@pytest.mark.parametrize(
    "key",
    [
        "sk-abcDEF0123456789abcd",
        "sk-ant-api03-" + "aB1_-" * 18,
        "sk-proj-" + "aB1_-" * 20,
        "sk-or-v1-" + "0af9" * 16,
        "AIzaSyA-0123456789abcdefghijklmnopqrstu",
        "gsk_" + "aB1x" * 12,
        "hf_" + "aBcD" * 8,
        "xai-" + "aB12" * 20,
        "ghp_" + "aB12" * 9,
        "github_pat_11" + "aB_2" * 20,
        "AKIA0123456789ABCDEF",
        JWT,
    ],
)
def test_shapes_of_keys_anywhere(key: str) -> None:
    assert found(f"/v1/{key}/x") == {key}
    assert found(body=f'{{"messages":[{{"content":"my key is {key}."}}]}}') - {key + "."} == {key}
    assert found(headers=(("x-note", f"<{key}>"),)) == {key}
    assert found(body=json.dumps(f"my key:\n{key}")) == {key}
    assert found(f"/v1?q=%22{key}%22") == {key}
    assert key not in found(body=f"a{key}")


def test_words_that_only_look_like_keys() -> None:
    assert found(body="ask-me-anything-about-it-2024 risk-adjusted-returns-of-1999 sk-learn-is-a-good-library") == set()
    assert found(body="sk-xxxxxxxxxxxxxxxxxxxx1 sk-test-0123456789abcdef sk-...0123456789abcdefgh") == set()


PLACEHOLDERS = """
    test none EMPTY sk-test sk-test-1234567890 sk_test_key your-api-key YOUR_API_KEY your_openai_api_key_here dummy
    dummy-key sk-dummy fake-api-key placeholder changeme CHANGE_ME xxxxxxxx sk-xxxxxxxx xxxx-xxxx-xxxxxx ********
    sk-****************abcd not-needed not_required ollama lm-studio no-key-required sk-no-key-required ${API_KEY}
    {{api_key}} <your-key> {your_key} [API_KEY] %API_KEY% $OPENAI_API_KEY 1234567890 12345678 00000000 password
    application/json text/event-stream token-abc123 undefined test-api-key sk-placeholder sk-your-key-here
    insert-key-here example-key
"""


@pytest.mark.parametrize("value", PLACEHOLDERS.split())
def test_placeholders_spoil_nothing(value: str) -> None:
    assert is_placeholder(value.encode())
    headers = (("Authorization", f"Bearer {value}"), ("x-api-key", value), ("Cookie", f"a={value}"))
    assert found(f"http://user:{value}@host/?key={value}", headers, json.dumps({"api_key": value})) == set()


@pytest.mark.parametrize(
    "value",
    [
        KEY,
        "hunter22",
        "supersecret",
        "testosterone-1",
        "yourself1",
        "notarized-77",
        "$ecretpass",
        "[hunter2]",
        "%hunter2%",
    ],
)
def test_real_values_are_no_placeholders(value: str) -> None:
    assert not is_placeholder(value.encode())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("key", True),
        ("API_KEY", True),
        ("X-Amz-Signature", True),
        ("code", True),
        ("accessToken", True),
        ("APIKey", True),
        ("country_code", False),
        ("alt", False),
        ("api-version", False),
        ("keyword", False),
        ("pageToken", False),
        ("max_tokens", False),
        ("token_type", False),
        ("", False),
        ("42", False),
    ],
)
def test_names(name: str, expected: bool) -> None:
    assert is_credential_name(name) is expected


def test_a_large_body_is_looked_through_in_time_that_grows_with_it_only() -> None:
    image = b64encode(bytes(range(256)) * 8000).decode()
    body = json.dumps({"messages": [{"image": image, "api_key": KEY}], "quotes": '"' * 100_000})
    assert found(body=body) == {KEY}
