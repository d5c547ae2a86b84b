"""What a node does last when it stops by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatd.cluster.divergence import Diverged
from chatd.cluster.ending import ending
from chatd.cluster.errors import ClusterError, TooOld
from chatd.cluster.founding import DIVERGED
from chatd.cluster.heartbeats import SameName
from chatd.cluster.proposal import Newer
from chatd.cluster.scrubber import Broken
from chatd.cluster.sequencer import OtherStream, Trimmed


@pytest.mark.parametrize("kind", [Trimmed, OtherStream, Newer, Diverged, Broken, TooOld, SameName])
def test_a_node_says_good_bye_unless_another_process_has_its_name_and_a_wrong_log_is_not_served_again(
    tmp_path: Path, kind: type[Exception]
) -> None:
    said: list[str] = []
    with (
        pytest.raises(ClusterError, match="so it is"),
        ending(tmp_path, lambda: said.append("good-bye")),
    ):
        raise ExceptionGroup("", [kind("so it is")])
    assert said == ([] if kind is SameName else ["good-bye"])
    assert (tmp_path / DIVERGED).exists() == (kind in (Diverged, Broken))
