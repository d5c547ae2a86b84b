"""One value of whatever type a message may be made of, with all fields that it can have, or with as few as
it may have. For tests that walk over all types of the contract."""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec
from msgspec import inspect

WORDS: Final = (
    "01JD8Q4V7Z3M9K5R2W6XTYB0CE",
    "harbour",
    "a",
    "sha256:" + "0" * 64,
    "0" * 64,
    "0" * 12,
    "A" * 22,
    "B" * 87,
    "https://a.example",
    "#1e90ff",
)


def sample(kind: Any, full: bool) -> Any:
    """`full`: all that may be there is there; else nothing that need not be."""
    return _value(inspect.type_info(kind), full)


def _value(info: inspect.Type, full: bool) -> Any:
    match info:
        case inspect.AnyType():
            return {"a": ["b", 1, None, True, 2.5]} if full else None
        case inspect.NoneType():
            return None
        case inspect.BoolType():
            return full
        case inspect.IntType():
            least = info.ge if info.ge is not None else 0 if info.gt is None else info.gt + 1
            most = info.le if info.le is not None else None if info.lt is None else info.lt - 1
            return int(
                least if not full else min(2**53 - 1, most) if most is not None else max(least, 2**53 - 1)
            )
        case inspect.FloatType():
            return float(info.ge or 0)
        case inspect.StrType():
            return _text(info, full)
        case inspect.BytesType():
            return b"\x00\xff" * (16 if full else 0)
        case inspect.LiteralType():
            return info.values[-1 if full else 0]
        case inspect.EnumType():
            return list(info.cls)[-1 if full else 0]
        case inspect.ListType() | inspect.VarTupleType() | inspect.SetType() | inspect.FrozenSetType():
            count = max(info.min_length or 0, 1 if full else 0)
            made = [_value(info.item_type, full) for _ in range(count)]
            kinds: dict[Any, Any] = {
                inspect.VarTupleType: tuple,
                inspect.SetType: set,
                inspect.FrozenSetType: frozenset,
            }
            return kinds.get(type(info), list)(made)
        case inspect.TupleType():
            return tuple(_value(one, full) for one in info.item_types)
        case inspect.DictType():
            return {_value(info.key_type, full): _value(info.value_type, full)} if full else {}
        case inspect.UnionType():
            able = [one for one in info.types if not isinstance(one, inspect.NoneType)]
            if not full and len(able) < len(info.types):
                return None
            return _value(able[0], full)
        case inspect.StructType():
            fields = [field for field in info.fields if full or field.required]
            return info.cls(**{field.name: _value(field.type, full) for field in fields})
        case inspect.Metadata():
            return _value(info.type, full)
        case inspect.RawType():
            return msgspec.Raw(msgspec.msgpack.encode("raw"))
    raise AssertionError(f"no sample of {info}")


def _text(info: inspect.StrType, full: bool) -> str:
    least, most = info.min_length or 0, info.max_length or 200
    words = (*WORDS, "é" * max(least, 1))
    for word in (*reversed(words), *words) if full else words:
        if least <= len(word) <= most and (info.pattern is None or re.search(info.pattern, word)):
            return word
    if least == 0 and info.pattern is None:
        return ""
    raise AssertionError(f"no sample of a text like {info}")
