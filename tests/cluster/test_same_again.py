"""What may be given to a second node when the first one has died: the second time changes nothing, and
whoever asked is answered as the first time."""

from __future__ import annotations

from typing import Any

from memory_nodes import Cluster, Node, cluster, refused
from memory_stream import MemoryStream, Weather
from test_envelopes import DECIDED
from trio.testing import MockClock

from chatd.cluster.repeatable import SAME_AGAIN, repeatable
from chatd.contract.account_admin import CreateAccount
from chatd.contract.message import DeleteMessage, PostMessage
from chatd.contract.pin import AddPin, RemovePin
from chatd.contract.reaction import AddReaction, RemoveReaction
from chatd.contract.read import MarkRead
from chatd.contract.room import CreateRoom, JoinRoom
from chatd.contract.space import CreateSpace
from chatd.contract.typing import SetTyping
from chatd.domain.internal import (
    AdmitMembers,
    BanAccount,
    EraseOld,
    ExpireMessage,
    ForgetMarker,
    NoteDisabled,
    Notify,
    NotifyAll,
    RemoveDeletedAccount,
)

R = "room/r"
NOTICE = Notify("mention", "r", 3, "bob", 9)

# In this order; each is asked of one node, then of another one.
ASKED: list[tuple[str, Any, str]] = [
    (R, JoinRoom("r"), "bob"),
    (R, MarkRead("r", 3), "bob"),
    (R, SetTyping("r"), "bob"),
    (R, AddReaction("r", 3, "👍"), "bob"),
    (R, RemoveReaction("r", 3, "👍"), "bob"),
    (R, AddPin("r", 3), "ann"),
    (R, RemovePin("r", 3), "ann"),
    (R, DeleteMessage("r", 3), "ann"),
    (R, ExpireMessage(4), "system"),
    (R, EraseOld((5,), 0, 0), "system"),
    (R, ForgetMarker(), "bob"),
    ("space/s", NoteDisabled("bob", True), "system"),
    ("account/ann", NotifyAll((NOTICE,), ("n1",)), "system"),
    (R, RemoveDeletedAccount("bob"), "system"),
    ("space/s", RemoveDeletedAccount("bob"), "system"),
]


def events(node: Node) -> list[Any]:
    return node.sheet.connection.execute("SELECT position, type FROM events").fetchall()


async def furnish(made: Cluster) -> None:
    first = made.nodes[0]
    for name in ("ann", "bob"):
        assert not refused(await first.ask(f"account/{name}", CreateAccount(name), "system"))
    assert not refused(await first.ask("space/s", CreateSpace("Team"), "ann"))
    assert not refused(await first.ask("space/s", AdmitMembers(("bob",)), "system"))
    assert not refused(await first.ask("space/s", CreateRoom("s", "r"), "ann", new_id="r"))
    for number in range(4):
        assert not refused(await first.ask(R, PostMessage("r", f"text {number}"), "ann", new_id=f"m{number}"))


async def test_the_second_time_changes_nothing_and_is_answered_the_same(autojump_clock: MockClock) -> None:
    async with cluster(MemoryStream(0, Weather()), count=2) as made:
        await furnish(made)
        one, other = made.nodes
        for number, (stream, command, by) in enumerate(ASKED):
            first = await one.ask(stream, command, by, at=100 + number, new_id=f"i{number}")
            assert not refused(first), (command, first)
            before = events(one)
            again = await other.ask(stream, command, by, at=200 + number, new_id=f"j{number}")
            assert again == first, command
            assert events(other) == before, command


def test_each_of_them_is_tried() -> None:
    assert {type(command) for _, command, _ in ASKED} == SAME_AGAIN


def test_each_of_them_is_decided_by_a_stream() -> None:
    assert SAME_AGAIN <= DECIDED


def test_what_has_a_nonce_may_be_asked_again_and_what_has_neither_may_not() -> None:
    assert repeatable(PostMessage("r", "a", "nonce"))
    assert not repeatable(PostMessage("r", "a"))
    assert not repeatable(BanAccount("bob", None, None, exists=True))
