"""Three nodes beside a server alone, each process with the same share of a core: what more machines buy.

The members of one room are spread over the nodes; each node applies every post, and delivers it to its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.community import Community, Operator, connect_crowd, create_community, enter_rooms
from bench.core_share import NoShares, limited
from bench.figure import Figure, at_least
from bench.load import Reading, Window, one_each, windowed
from bench.nats_servers import NatsServers, nats_servers
from bench.process import Server, chatd_running
from bench.receiver import Crowd, Receiver
from bench.rounds import Measure, in_turns, ratio
from bench.setting import BEFORE, OURS, SETTLED, Setting, Side
from bench.speech import ChatdSpeech

NODES, MEMBERS = 3, 600
SHARE = 0.2  # of a core, for each process
WINDOW = Window(outstanding=64, senders=6, together=1, time_one_in=16)
ASKING = 2  # questions of each member that are under way
PAGE = 50


class Questions(ChatdSpeech):
    """Asks for the newest page of a room wherever a post would be made."""

    def post(self, room: str, number: int) -> bytes:
        return (
            f'{{"id":{number},"query":"room.history","data":{{"room":"{room}","limit":{PAGE}}}}}'
        ).encode()


def three_nodes(setting: Setting) -> list[Figure]:
    """Deliveries and pages of history of three nodes, beside those of a server alone."""
    with ExitStack() as stack:
        servers = stack.enter_context(nats_servers(3))
        many = [stack.enter_context(_node(setting, servers, number)) for number in range(NODES)]
        alone_in = setting.fresh_folder()
        alone = [(stack.enter_context(chatd_running(alone_in, setting.cores.server)), alone_in)]
        sides = []
        for name, running in ((OURS, many), (BEFORE, alone)):
            crowd, community = _crowd(setting.receiver, running)
            stack.callback(setting.receiver.dismiss, crowd)
            sides.append(Side(name, running[0][0].pid, crowd, community.rooms * MEMBERS))
        setting.receiver.until_quiet(SETTLED)
        try:
            stack.enter_context(limited([server.pid for server, _ in (*many, *alone)], SHARE))
        except NoShares as error:
            setting.say(f"three nodes are not measured: {error}")
            return []
        title = f"three nodes, {MEMBERS} members in a room, {SHARE:.0%} of a core for each node"
        setting.say(title)
        fan_out = in_turns(setting, sides, _fan_out(setting))
        queries = in_turns(setting, sides, _asking(setting))
        deliveries, answers = _deliveries, _answers
        return [
            fan_out.figure(title, "deliveries", "/s", deliveries),
            ratio(title, "deliveries, times one", deliveries, fan_out.ours, fan_out.theirs, at_least(2.2)),
            fan_out.figure(title, "the load's own core busy", "%", lambda reading: reading.busy * 100),
            queries.figure(title, f"pages of {PAGE} messages", "/s", answers),
            ratio(title, "pages, times one", answers, queries.ours, queries.theirs, at_least(2.2)),
            queries.figure(
                title, "the load's own core busy, asking", "%", lambda reading: reading.busy * 100
            ),
        ]


@contextmanager
def _node(setting: Setting, servers: NatsServers, number: int) -> Iterator[tuple[Server, Path]]:
    folder = setting.fresh_folder()
    settings = {
        "CHATD_CLUSTER_SERVERS": ",".join(servers.urls),
        "CHATD_CLUSTER_MONITORS": ",".join(servers.monitors),
        "CHATD_CLUSTER_NODE": f"n{number}",
        "CHATD_FILES_SHARED": "true",
    }
    with chatd_running(folder, setting.cores.server, settings=settings) as server:
        yield server, folder


def _crowd(receiver: Receiver, running: list[tuple[Server, Path]]) -> tuple[Crowd, Community]:
    """The members of one room, an equal part of them at each node."""
    first, folder = running[0]
    operator = Operator(folder)
    community = create_community(first, operator, MEMBERS)
    enter_rooms(first, community)
    operator.close()
    crowd = Crowd(ChatdSpeech(), community.rooms[0])
    for number, (server, _) in enumerate(running):
        connect_crowd(server, receiver, community.members[number :: len(running)], into=crowd)
    return crowd, community


def _fan_out(setting: Setting) -> Measure:
    return lambda side: windowed(setting.receiver, side.crowd, side.pid, WINDOW, setting.plan.steady)


def _asking(setting: Setting) -> Measure:
    def measure(side: Side) -> Reading:
        side.crowd.speech = Questions()
        try:
            return one_each(
                setting.receiver, side.crowd, side.pid, side.rooms, setting.plan.steady, in_flight=ASKING
            )
        finally:
            side.crowd.speech = ChatdSpeech()

    return measure


def _deliveries(reading: Reading) -> float:
    return reading.deliveries_per_second


def _answers(reading: Reading) -> float:
    return reading.answers_per_second
