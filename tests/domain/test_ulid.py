"""Ids sort by the time at which they were made, and those of one millisecond in their order."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from chatd import clock
from chatd.clock import Ids
from chatd.domain.ulid import ALPHABET, ulid


@pytest.mark.parametrize(
    ("bits", "text"),
    [
        (0, "0" * 26),
        (2**128 - 1, "7" + "Z" * 25),
        (
            0x01563E3AB5D3D6764C61EFB99302BD5B,
            "01ARZ3NDEKTSV4RRFFQ69G5FAV",
        ),  # of the specification
    ],
)
def test_the_text_is_crockfords(bits: int, text: str) -> None:
    assert ulid(bits) == text
    assert set(text) <= set(ALPHABET)


def test_ids_of_one_millisecond_count_up_in_all_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: 1_700_000_000_000)
    ids = Ids()
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda _: ids.new(), range(1000)))
    assert len(set(made)) == 1000
    assert {id_[:10] for id_ in made} == {ulid(1_700_000_000_000 << 80)[:10]}
    alone = [ids.new() for _ in range(100)]
    assert all(one < other for one, other in pairwise(alone))
    assert max(made) < alone[0]
