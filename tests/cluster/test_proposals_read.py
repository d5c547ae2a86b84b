"""What a proposal holds: read as it was written, and never passed over when a newer chatd wrote it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from chatd.cluster.proposal import LENGTH, VERSION, Newer, decode, encode, join, unpack
from chatd.cluster.sealing import Key, Unreadable
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


def test_the_version_of_a_proposal_is_believed_to_a_node_and_to_nobody_else() -> None:
    """A node that cannot read what another one wrote must stop. Anybody can put a number into the stream."""
    key, version = Key.new(), msgspec.msgpack.encode([VERSION + 1])
    header = len(version).to_bytes(LENGTH, "big") + version
    with pytest.raises(Newer):
        unpack(header + key.seal(b"what it says", header), key)
    for sealed in (b"", b"what it says", Key.new().seal(b"what it says", header)):
        with pytest.raises(Unreadable):
            unpack(header + sealed, key)
