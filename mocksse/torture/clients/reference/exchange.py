"""From a request to an answer that can be read: redirects followed, passing trouble waited out, all else a Failure.

It asks again only where nothing was answered, or where the answer's status says that later may be better. Once a 200
has begun nothing is ever asked again: somebody may have paid for the first half.
"""

from __future__ import annotations

import random
import time
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING

from mocksse.limits import KIB
from mocksse.providers.lenient import decode, get, string
from mocksse.torture.clients.contract import Failure
from mocksse.torture.clients.reference import policy
from mocksse.torture.clients.reference.link import Link, Unanswered, linked
from mocksse.wire.http1_fields import header

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mocksse.record.request import Request
    from mocksse.torture.clients.contract import Seen

_LOOKED_AT = 64 * KIB
"""What is read of an answer that is an error."""
_SAID = 500
"""Characters of its message."""


@contextmanager
def followed(request: Request, timeout_s: float, seen: Seen) -> Iterator[Link]:
    """The response that is no redirect. Raises Failure, after REDIRECTS too."""
    for _ in range(policy.REDIRECTS + 1):
        with ExitStack() as open_:
            seen.attempt()
            link = open_.enter_context(linked(request, timeout_s))
            further = policy.redirected(request, link.head.status, header(link.headers, b"location"))
            if further is None:
                yield link
                return
            request = further
    raise Failure("reference.Redirect", f"more than {policy.REDIRECTS} redirects")


@contextmanager
def answered(request: Request, retries: int, timeout_s: float, seen: Seen) -> Iterator[Link]:
    """A response of status 200. Raises Failure."""
    tried = 0
    while True:
        with ExitStack() as open_:
            try:
                link = open_.enter_context(followed(request, timeout_s, seen))
            except Unanswered as error:
                failure: Failure = error
                again, told = error.again, None
            else:
                if link.head.status == HTTPStatus.OK:
                    yield link
                    return
                failure = refusal(link)
                again, told = policy.is_passing(link.head.status), policy.told_s(link.headers, time.time())
        wait_s = policy.wait_s(tried, told, random.random())
        if not again or tried >= retries or wait_s is None:
            raise failure
        time.sleep(wait_s)
        tried += 1


def refusal(link: Link) -> Failure:
    """What an answer of another status says, in a line: the status, and the provider's words where it has some."""
    head = link.head
    reason = head.reason.decode("utf-8", "replace") or _phrase(head.status)
    said = f"{head.status} {reason}".strip()
    body = b""
    try:
        for data in link.body():
            body += data
            if len(body) > _LOOKED_AT:
                break
    except Failure:
        pass  # the status is what counts
    words = _words(body)
    return Failure("reference.Status", f"{said}: {words}" if words else said)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _words(body: bytes) -> str:
    """The message of an error body; nothing of a page, or of what is no JSON."""
    value = decode(body)
    if isinstance(value, list) and value:  # Gemini's
        value = value[0]
    error = get(value, "error")
    told = string(error, "message") or string(value, "message") or (error if isinstance(error, str) else "")
    kind = string(error, "type") or string(error, "status")
    return " ".join(f"{kind}: {told}".removeprefix(": ").split())[:_SAID]
