"""Every cap in one place, so that hostile or runaway input ends in one clear line and not in a dead machine."""

from __future__ import annotations

KIB = 1024
MIB = 1024 * KIB

MAX_CASSETTE_BYTES = 64 * MIB
"""Size of one YAML file; looked at before it is read."""
MAX_SETTINGS_BYTES = MIB
"""Size of a settings file."""
MAX_YAML_DEPTH = 32
"""Nesting of a YAML file. libyaml itself crashes the process at 50,000."""
MAX_YAML_NODES = 2_000_000
"""Scalars and collections in one YAML file."""
MAX_NUMBER_DIGITS = 4000
"""Digits of a whole number in a YAML file; Python itself reads no more than 4,300."""
MAX_JSON_DEPTH = 16
"""Nesting of a request body that is written as `json`; deeper ones are written as text, to stay within the depth."""
MAX_JSON_BYTES = MIB
"""Size of a request body that is written as `json`; longer ones are written as text, to stay within the nodes."""
MAX_EVENT_BYTES = 16 * MIB
"""One SSE event, NDJSON line or JSON element: the parser stops with LimitError beyond it."""
MAX_FRAME_BYTES = 16 * MIB
"""One AWS event-stream frame; the format's own limit is 16 MiB as well."""
MAX_HEAD_BYTES = 256 * KIB
"""Status line and headers of an HTTP response."""
MAX_TRAILER_BYTES = 64 * KIB
"""Trailers behind the last chunk."""
MAX_CHUNK_LINE_BYTES = 16 * KIB
"""A chunk-size line with its extensions."""
MAX_ANNOUNCED_BYTES = 1 << 60
"""A chunk size or content-length; above it numbers overflow in some clients, so it counts as broken framing."""
MAX_REQUEST_BODY_BYTES = 64 * MIB
"""What serve reads of a request body before it answers 413."""
MAX_UNREAD_BYTES = 64 * MIB
"""What the tap queues of an answer while its reader is busy; then it stops reading the socket."""
MAX_DECODED_BYTES = 64 * MIB
"""A compressed body when it is decoded to be looked at."""
MAX_DECODED_RATIO = 200
"""Decoded to compressed size: beyond it a body counts as a decompression bomb."""
MAX_RETRY_DIGITS = 15
"""Digits of a `retry` field in milliseconds; more (31,000 years) count as no number at all."""
MAX_SECRET_BYTES = 16 * KIB
"""A credential; what is longer is none. Tokens of real life end at 8 KiB, cookies at 4."""
MAX_FAULT_BYTES = 64 * MIB
"""What one fault may put into a body."""
MAX_PLAN_BYTES = 160 * MIB
"""A body once its faults are in it."""
MAX_PLAN_WRITES = 500_000
"""Parts of one body; each is an object in memory."""
MAX_KEPT_BYTES = 48 * MIB
"""What a recording's broken variants may take in memory, until the oldest are worked out anew."""
MAX_FAULTS = 64
"""Faults for one play."""
MAX_WAIT_MS = 10**12
"""One wait in a cassette: 31 years. Far beyond it, microseconds no longer survive as decimal milliseconds."""
MAX_JOURNAL_BODY_BYTES = 64 * KIB
"""What a journal keeps of a request body."""
MAX_JOURNAL_BYTES = 32 * MIB
"""What the journal of one session may take."""
MAX_SESSIONS = 1000
"""Sessions of one server, unless it is told another number."""
MAX_PAGE_BYTES = 8 * MIB
"""What a page shows of the bytes of one answer."""
MAX_CONTROL_BODY_BYTES = MIB
"""A request to the control API."""
MAX_CLIENT_LINE_BYTES = 64 * MIB
"""What a client under test may say on stdout for one answer."""
