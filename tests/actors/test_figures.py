"""What a server says of the workers that one node of a cluster runs for all."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from chatd.actors.workers.notifier import Notifier
from chatd.clock import now
from chatd.handlers.figures import Figures


def figures(cluster: object) -> Figures:
    nobody: Any = None
    notifier = Notifier(nobody, nobody, nobody)
    notifier.position = 5  # where it stood when it ran here last
    late, bus = SimpleNamespace(next=now() - 60_000), SimpleNamespace(head=2_000)
    return Figures(nobody, nobody, nobody, cast(Any, bus), cast(Any, late), [notifier], cast(Any, cluster))


@pytest.mark.parametrize("cluster", [None, SimpleNamespace(leads=lambda: True)])
def test_who_acts_for_all_says_how_far_it_is(cluster: object) -> None:
    found = figures(cluster)
    assert (found.notifier_position, found.notifier_lag) == (5, 1995)
    assert found.scheduler_late >= 60


def test_a_node_that_leaves_it_to_another_is_not_behind() -> None:
    found = figures(SimpleNamespace(leads=lambda: False))
    assert (found.notifier_position, found.notifier_lag, found.scheduler_late) == (None, 0, 0.0)
