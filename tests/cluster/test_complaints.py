"""Messages that nobody should send do not fill the log, and are not kept a secret either."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest
import trio
from memory_net import MemoryWires
from trio.testing import MockClock

from chatd.cluster.calls import answers_to, calls_to
from chatd.cluster.complaints import AGAIN, Complaints
from chatd.cluster.inboxes import Inboxes
from chatd.cluster.lines import Lines
from chatd.cluster.net import Net
from chatd.cluster.sealed_net import SealedNet
from chatd.cluster.signals import SUBJECT, Signals

EVENT = "node_message_unreadable"


async def test_a_complaint_is_said_at_once_and_then_once_a_minute_with_how_often(
    autojump_clock: MockClock, capfd: pytest.CaptureFixture[str]
) -> None:
    complaints = Complaints()
    for _ in range(100):
        complaints.say("node_message_unreadable", problem="junk")
    complaints.say("command_not_sent", stream="room/r")
    await trio.sleep(AGAIN)
    complaints.say("node_message_unreadable", problem="junk")
    said = capfd.readouterr().err.splitlines()
    assert [line.count("node_message_unreadable") for line in said] == [1, 0, 1]
    assert '"more": 99' in said[2]


def _lines(net: Net, nursery: trio.Nursery) -> str:
    Lines(net, *cast(Any, (None, nursery, None, None, None, None))).open()
    return answers_to("a")


def _inboxes(net: Net, nursery: trio.Nursery) -> str:
    Inboxes(net, "1", nursery, *cast(Any, (None, None, None)), lambda: False).open()
    return calls_to(("a", "1"))


def _signals(net: Net, nursery: trio.Nursery) -> str:
    Signals(net, cast(Any, type("Bus", (), {})())).open()
    return SUBJECT


def _strangers(net: Net, nursery: trio.Nursery) -> str:
    SealedNet(net, b"secret").listen("news", lambda data: None)
    return "news"


@pytest.mark.parametrize("listening", [_lines, _inboxes, _signals, _strangers])
async def test_a_flood_of_junk_is_one_line_of_the_log(
    listening: Callable[[Net, trio.Nursery], str],
    autojump_clock: MockClock,
    capfd: pytest.CaptureFixture[str],
) -> None:
    async with trio.open_nursery() as nursery:
        wires = MemoryWires(nursery)
        subject = listening(wires.net("a"), nursery)
        for number in range(500):
            wires.net("z").publish(subject, b"\xff junk %d" % number)
        await trio.sleep(30)
        nursery.cancel_scope.cancel()
    assert capfd.readouterr().err.count(EVENT) == 1
