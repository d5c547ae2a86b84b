"""What a proposal holds: read as it was written, and never passed over when a newer chatd wrote it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from chatd.cluster.proposal import Newer, decode, encode, join
from chatd.domain.event import Fact
from chatd.ports import Append, FilesExist, PutLevel
from chatd.store.log.plan import make

FACT = Fact("room/r", 7, "message.posted", 1, "ann", {"nonce": "n"}, "text", None)


def test_what_is_proposed_is_read_as_it_was_written() -> None:
    append = Append((FACT,), (PutLevel(2),), (FilesExist(("f",)),), (("space/s", 3),))
    [made] = make([append])
    assert decode(join([encode(append, made)])) == ([append], [made])


@pytest.mark.parametrize(
    ("writes", "conditions"), [([["WriteOfTomorrow", 1]], []), ([], [["ConditionOfTomorrow", 1]])]
)
def test_a_kind_of_tomorrow_is_no_junk_that_all_nodes_pass_over(writes: Any, conditions: Any) -> None:
    """The node that wrote it applies it; whoever cannot must stop."""
    with pytest.raises(Newer):
        decode(join([msgspec.msgpack.encode([[], b"", writes, conditions, []])]))
