"""Valid requests of every row of the contract, drawn from the types of their fields."""

from __future__ import annotations

from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from hypothesis import strategies as st
from msgspec import Meta

from chatd.contract.fields import NO_NUL
from chatd.contract.requests import REQUESTS
from chatd.contract.spec import RequestType

LONGEST = 60  # characters, where the field allows more; mutants are longer
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=LONGEST),
    int: st.integers(-(2**63), 2**63 - 1),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    Any: st.none() | st.booleans() | st.integers(0, 9) | st.text(max_size=5),
}


def drawn_frames() -> st.SearchStrategy[dict[str, Any]]:
    return st.sampled_from(list(REQUESTS)).flatmap(_frame_of)


def _frame_of(name: str) -> st.SearchStrategy[dict[str, Any]]:
    request = REQUESTS[name]
    return st.fixed_dictionaries(
        {
            "id": st.integers(0, 2**40) | st.text(max_size=64),
            request.kind: st.just(request.name),
            "data": drawn_data(request),
        }
    )


def drawn_data(request: RequestType) -> st.SearchStrategy[dict[str, Any]]:
    return _values(request.request)


def _values(hint: Any, meta: Meta | None = None) -> st.SearchStrategy[Any]:
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _values(args[0], next(one for one in args[1:] if isinstance(one, Meta)))
    if hasattr(hint, "__struct_fields__"):
        return _maps(hint)
    if origin is Literal:
        return st.sampled_from(args)
    if origin in (Union, UnionType):
        return st.one_of([st.none() if one is type(None) else _values(one) for one in args])
    if origin in (list, tuple):
        least = meta.min_length or 0 if meta else 0
        return st.lists(_values(args[0]), min_size=least, max_size=least + 3)
    if origin is dict:
        return st.dictionaries(st.text(max_size=8), _values(args[1]), max_size=3)
    return _limited(hint, meta) if meta else PLAIN[hint]


def _maps(class_: type[Any]) -> st.SearchStrategy[dict[str, Any]]:
    hints = get_type_hints(class_, include_extras=True)
    needed, optional = {}, {}
    info: Any = msgspec.inspect.type_info(class_)
    for field in info.fields:
        kept = needed if field.required else optional
        kept[field.encode_name] = _values(hints[field.name])
    return st.fixed_dictionaries(needed, optional=optional)


def _limited(type_: Any, meta: Meta) -> st.SearchStrategy[Any]:
    if type_ is int:
        return st.integers(meta.ge, meta.le)
    if type_ is float:
        return st.floats(meta.ge, meta.le)
    least, most = meta.min_length or 0, min(meta.max_length or LONGEST, LONGEST)
    if meta.pattern not in (None, NO_NUL):
        return st.from_regex(str(meta.pattern), fullmatch=True)
    letters = st.characters(exclude_categories=["Cs"], exclude_characters="\0" if meta.pattern else "")
    return st.text(letters, min_size=least, max_size=max(least, most))
