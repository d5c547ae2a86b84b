"""Roles and rights as numbers, for statements that compare them."""

from __future__ import annotations

from collections.abc import Mapping

from chatd.domain.policy.roles import RANK


def case(column: str, values: Mapping[str, object]) -> str:
    """What stands for the value of a column; NULL for any other."""
    return f"CASE {column} {' '.join(f'WHEN {key!r} THEN {value}' for key, value in values.items())} END"


def rank_of(column: str) -> str:
    """The rank of the role in a column; the higher role has the higher one."""
    return case(column, RANK)
