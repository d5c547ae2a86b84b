"""What is told of an export's problems stays short, whatever stands in it."""

from __future__ import annotations

from chatctl.imports.problems import LONGEST_PLACE, PLACES, Problems


def test_places_are_few_and_short() -> None:
    problems = Problems()
    for number in range(20):
        problems.add("skipped", f"{'deep/' * 400}{number:04}.json")
    found = problems.by_kind["skipped"]
    assert (found.count, len(found.places)) == (20, PLACES)
    assert all(len(place) <= LONGEST_PLACE + 1 for place in found.places)
    assert found.places[3].endswith("/0003.json")
