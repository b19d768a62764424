"""What a test says wrong is told in one line at the test's own line: the way to it through mocksse is left out."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from mocksse.errors import MocksseError

if TYPE_CHECKING:
    from collections.abc import Callable

_P = ParamSpec("_P")
_T = TypeVar("_T")


def plainly(method: Callable[_P, _T]) -> Callable[_P, _T]:
    """The method, whose MocksseErrors have no traceback but the caller's."""

    @wraps(method)
    def call(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        __tracebackhide__ = True
        try:
            return method(*args, **kwargs)
        except MocksseError as error:
            raise error.with_traceback(None) from None

    return call
