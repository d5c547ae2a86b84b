"""What a node is called that no setting names."""

from __future__ import annotations

import pytest

from chatd.cluster.connecting import node_name
from chatd.nats.wire import is_subject
from chatd.settings import Settings


@pytest.mark.parametrize("machine", ["one.internal", "m\u00fcnchen", "", "\u65e5\u672c", "a b", "x" * 80])
def test_whatever_a_machine_is_called_its_node_may_be_called_in_settings_and_subjects(machine: str) -> None:
    name = node_name(machine)
    assert Settings(cluster_node=name).cluster_node == name
    assert is_subject(name)
