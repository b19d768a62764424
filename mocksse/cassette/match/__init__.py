"""Which recording answers a request, and why not the others. Pure; record and replay use the same predicate.

A request and the recordings are compared as `Asked`, made with the same `Rules`. `fitting` is all that satisfy the
predicate, `find` the best of them, `differences` says what keeps one out, `nearest` which come closest.
"""

from mocksse.cassette.match.body import parse_json
from mocksse.cassette.match.conversation import Message, last_user_message, messages_of
from mocksse.cassette.match.difference import Difference
from mocksse.cassette.match.explain import Miss, differences, nearest
from mocksse.cassette.match.models import model_names, model_of
from mocksse.cassette.match.ranking import find, fitting
from mocksse.cassette.match.request import Asked, asked, recorded
from mocksse.cassette.match.rules import Rules, rules_of

__all__ = [
    "Asked",
    "Difference",
    "Message",
    "Miss",
    "Rules",
    "asked",
    "differences",
    "find",
    "fitting",
    "last_user_message",
    "messages_of",
    "model_names",
    "model_of",
    "nearest",
    "parse_json",
    "recorded",
    "rules_of",
]
