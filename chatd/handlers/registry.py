"""Which handler answers a request: the method named by its verb, of a handler that is given for its noun.

`space.create` is answered by `create` of a handler for `space`. A verb that is a name of Python's has an
underscore behind it there: `list_`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from inspect import isfunction
from typing import Any

from chatd.contract.requests import REQUESTS
from chatd.ports import Caller

Handler = Callable[[Caller, Any], Awaitable[object]]
Handlers = Mapping[str, Iterable[object]]  # for each noun, what answers for it


def registry(handlers: Handlers) -> Mapping[str, Handler]:
    """The handler of every request that one decides.

    Raises LookupError for a request without a method, a method without a request, and two for one.
    """
    found: dict[str, Handler] = {}
    for noun, answering in handlers.items():
        for handler in answering:
            for verb, method in _methods(handler):
                name = f"{noun}.{verb}"
                if name not in REQUESTS or REQUESTS[name].decided_by != "handler" or name in found:
                    raise LookupError(f"{type(handler).__name__} may not answer {name}")
                found[name] = method
    for row in REQUESTS.values():
        if row.decided_by == "handler" and row.name not in found:
            raise LookupError(f"nobody answers {row.name}")
    return found


def _methods(handler: object) -> Iterator[tuple[str, Handler]]:
    for name, member in vars(type(handler)).items():
        if isfunction(member) and not name.startswith("_"):
            yield name.removesuffix("_"), getattr(handler, name)
