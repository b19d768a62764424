"""The types of a settings file, and of a session as the control API takes it: what both are decoded into.

`mocksse schema --settings` prints the schema of the first. Everything may be left out; null is "not said".
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from mocksse.cassette.document import ExtractDoc, PacingDoc
from mocksse.settings.model import BodyRule, OnExhausted, Pick, QueryRule, RecordMode

Texts = list[str] | str
_Count = Annotated[int, Meta(ge=1, le=100_000)]


class MatchDoc(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Which recording answers a request."""

    query: QueryRule | None = None
    headers: Annotated[Texts, Meta(description="Names of headers that must agree.")] | None = None
    body: BodyRule | None = None
    strict: Annotated[bool, Meta(description="The same as body: exact.")] | None = None
    ignore: Annotated[Texts, Meta(description="Names, JSONPaths, ids or dates.")] | None = None
    pick: Pick | None = None
    on_exhausted: OnExhausted | None = None


class RedactDoc(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What is blotted in recordings besides what always is."""

    headers: Texts | None = None
    jsonpaths: Texts | None = None
    patterns: Annotated[Texts, Meta(description="Regular expressions.")] | None = None
    keep_headers: Annotated[Texts, Meta(description="Names of headers that are stored in clear.")] | None = None


class SessionWords(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What may be said of a session, wherever it comes from."""

    cassettes: Annotated[Texts, Meta(description="Files and folders.")] | None = None
    pacing: PacingDoc | None = None
    faults: Annotated[Texts, Meta(examples=[["reset at=event:5 times=1"]])] | None = None
    seed: Annotated[int, Meta(description="The same as pacing: {seed: N}.")] | None = None
    match: MatchDoc | None = None
    routes: Annotated[dict[str, str], Meta(description="Interactions, by the path that plays them too.")] | None = None


class SessionDoc(SessionWords, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One session, as the control API takes it. No upstream: a request never chooses whom we ask."""

    name: str | None = None


class FileSessionDoc(SessionWords, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One session of a settings file. Its name is its key."""

    upstream: Annotated[dict[str, str] | str, Meta(description="A URL, or URLs by prefixes of paths.")] | None = None
    record: RecordMode | None = None


class SettingsDoc(FileSessionDoc, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A settings file; the words of a session at its top are those of the default one."""

    host: Annotated[str, Meta(min_length=1)] | None = None
    port: Annotated[int, Meta(ge=0, le=65_535)] | None = None
    made_up: bool | None = None
    keep_encoding: bool | None = None
    record_cap: Annotated[float, Meta(ge=0, le=86_400, description="Seconds.")] | None = None
    timeout: Annotated[float, Meta(ge=0.001, le=86_400, description="Seconds.")] | None = None
    insecure: bool | None = None
    watch: bool | None = None
    session_ttl: Annotated[float, Meta(ge=1, le=604_800, description="Seconds.")] | None = None
    max_sessions: _Count | None = None
    journal_size: _Count | None = None
    redact: RedactDoc | None = None
    allow_header_control: bool | None = None
    allow_host: Texts | None = None
    allow_public: bool | None = None
    token: str | None = None
    control: bool | None = None
    tls_cert: str | None = None
    tls_key: str | None = None
    log_json: bool | None = None
    follow: bool | None = None
    quiet: bool | None = None
    extract: Annotated[ExtractDoc, Meta(description="What events of no known API mean.")] | None = None
    sessions: dict[str, FileSessionDoc] | None = None
