"""The Python packages that go along: chatd, what it needs, and what that needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from typing import Final

from packaging.requirements import Requirement

NOT_FOR_RUNNING: Final = frozenset({"bench", "dev"})  # of chatd's extras; all the others go along
# Named by what is needed, and never loaded: the page of the API is made of flask-swagger-ui's files alone.
NOT_LOADED: Final = frozenset({"flask"})


def needed() -> dict[str, Distribution]:
    """Every distribution that chatd needs here, itself left out, by normalized name, in order of names."""
    extras = frozenset(distribution("chatd").metadata.get_all("Provides-Extra") or ()) - NOT_FOR_RUNNING
    found: dict[str, Distribution] = {}
    _gather("chatd", extras, found)
    del found["chatd"]
    return dict(sorted(found.items()))


def normalized(name: str) -> str:
    """PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _gather(name: str, extras: frozenset[str], found: dict[str, Distribution]) -> None:
    """An extra of one that was found before is not looked at again: none of ours needs that."""
    key = normalized(name)
    if key in found or key in NOT_LOADED:
        return
    found[key] = distribution(name)
    for requirement in _requirements(found[key], extras):
        _gather(requirement.name, frozenset(requirement.extras), found)


def _requirements(of: Distribution, extras: frozenset[str]) -> Iterator[Requirement]:
    for text in of.requires or ():
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield requirement
