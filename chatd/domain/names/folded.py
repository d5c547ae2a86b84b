"""Folded names: what of a name is compared, made by whoever decides a fact and stored with it.

Were names folded where a fact is applied, nodes with other tables of Unicode would come to other outcomes,
and so would a log that is replayed years later. The store only compares and copies what stands in the fact
under `FIELD`. No client sees it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from chatd.domain.names.keys import name_key, shown_keys, skeleton

FIELD: Final = "folded"

Folded = dict[str, str]  # `key`: by which the name is equal to another; `skeleton`: by which it looks like it


def of_account(said: Mapping[str, Any]) -> dict[str, Any]:
    """What an account says of itself, and its `name` and `display_name` folded, where it says these."""
    folded: dict[str, Folded] = {}
    if (name := said.get("name")) is not None:
        folded["name"] = _folded(name_key(name), skeleton(name))
    if (shown := said.get("display_name")) is not None:
        folded["display_name"] = _folded(*shown_keys(shown))
    return {**said, FIELD: folded} if folded else dict(said)


def of_place(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a fact of a room or space, and its `name` folded, where it gives one."""
    name = data.get("name")
    return dict(data) if name is None else {**data, FIELD: {"name": _folded(*shown_keys(name))}}


def stripped(data: dict[str, Any]) -> dict[str, Any]:
    """The same as it goes out to clients."""
    return {field: value for field, value in data.items() if field != FIELD} if FIELD in data else data


def _folded(key: str, look: str) -> Folded:
    return {"key": key, "skeleton": look}
