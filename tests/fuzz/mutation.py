"""Breaks what is valid: values of a frame, characters of a text, bytes. All of it follows from a seed."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from random import Random
from typing import Any, AnyStr

MAX_MESSAGE = 1024 * 1024  # bytes; the frame parser refuses what has more


def nested(depth: int) -> Any:
    value: Any = []
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    return value


HOSTILE: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**53, 2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1, 2**64, 2**70,
    -(2**63), -(2**63) - 1, 10**400, 0.5, -0.0, 1e308, float("nan"), float("inf"), float("-inf"),
    "", " ", "\0", "a\0b", "a" * 65, "a" * 501, "a" * 10_001, "ü" * 300_000, "\ud800", "a\udfffb",
    "\u202eabc", "\u200b", "\ufeff", "\n", "\u2028", "\x7f", "'" * 300, "\\" * 300, '"', "`", "%s%n",
    "../../etc/passwd", "{}", "\U0010ffff", "\U000e0001" * 80, "👩\u200d👧" * 30, "e" + "\u0301" * 500,
    "@" * 3000, "@here @room " * 500, "javascript:alert(1)", "operator:0", "system", "room/",
    "message.post", "session.open", "__class__", "id", "data", b"", b"\xff" * 40, [], {}, [None] * 2000,
    [[]], [{}], {"": None}, {"a": 1} | {str(n): n for n in range(300)}, nested(8), nested(200),
    {"id": 1, "command": "message.post", "data": {}},
)  # fmt: skip


def mutated(value: Any, random: Random) -> Any:
    """A copy with one to three of its parts broken."""
    broken = copy.deepcopy(value)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        broken = _break_one(broken, random)
    return broken


def _break_one(value: Any, random: Random) -> Any:
    holders = list(_holders(value))
    if not holders:
        return copy.deepcopy(random.choice(HOSTILE))
    holder = random.choice(holders)
    key = random.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
    match random.randrange(6):
        case 0 | 1:
            holder[key] = copy.deepcopy(random.choice(HOSTILE))
        case 2:
            del holder[key]
        case 3 if isinstance(holder, dict):
            holder[_hostile_key(random)] = holder[key]
        case 4 if isinstance(holder, dict):
            holder[_hostile_key(random)] = holder.pop(key)
        case _:
            holder[key] = [holder[key]] if random.random() < 0.5 else {"a": holder[key]}
    return value


def _hostile_key(random: Random) -> Any:
    return random.choice([one for one in HOSTILE if isinstance(one, str | int | float | bytes | None)])


def _holders(value: Any, depth: int = 0) -> Any:
    """Maps and lists in it that hold something, itself included; not those of a bottomless one."""
    if isinstance(value, dict | list) and value and depth < 5:
        yield value
        for inner in list(value.values() if isinstance(value, dict) else value)[:20]:
            yield from _holders(inner, depth + 1)


def cut_up(text: AnyStr, tokens: Sequence[AnyStr], random: Random) -> AnyStr:
    """The text broken in one to four places: pieces left out, doubled, moved, put in, turned over."""
    for _ in range(random.randrange(1, 5)):
        text = _cut_once(text, tokens, random)
    return text


def _cut_once(text: AnyStr, tokens: Sequence[AnyStr], random: Random) -> AnyStr:
    at = random.randrange(len(text) + 1)
    end = min(len(text), at + random.choice((1, 1, 2, 5, 40)))
    match random.randrange(7):
        case 0:
            return text[:at]
        case 1:
            return text[:at] + text[end:]
        case 2:
            return text[:at] + text[at:end] * random.choice((2, 3, 50)) + text[end:]
        case 3:
            other = random.randrange(len(text) + 1)
            return text[:at] + text[other : other + 30] + text[at:]
        case 4:
            return text[:at] + text[at:end][::-1] + text[end:]
        case 5:
            return text[:at] + random.choice(tokens) * random.choice((1, 1, 1, 2, 100)) + text[at:]
        case _:
            return text[:at] + random.choice(tokens) + text[end:]
