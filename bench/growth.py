"""Growth: villages in which one thing is a few, then many, and what the same acts cost in each of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack

import attrs

from bench.acts import ACTS, FEW, Scene, measure
from bench.asking import Asker
from bench.behind import until_followed
from bench.community import Operator, connect_crowd
from bench.curve import Chart, Curve
from bench.figure import Figure
from bench.process import chatd_running
from bench.receiver import MOST_READY
from bench.setting import SETTLED, Setting
from bench.village import Shape, let_in, write_village

PEOPLE = 100
SEVERAL_ROOMS = 20
STRANGERS = 30


@attrs.frozen
class Dimension:
    """One thing that grows: the village at each size, how many are connected there, and the acts.

    `fan_out` says for some of the acts what they have to grow with; `most` is the largest size of a run that
    is not full.
    """

    name: str
    thing: str
    sizes: Sequence[int]
    shape: Callable[[int], Shape]
    acts: Sequence[str]
    online: Callable[[int], int] = lambda _: 1
    fan_out: Mapping[str, str] = attrs.Factory(dict)
    most: int = 10**9

    def chosen(self, quick: bool, full: bool) -> list[int]:
        """The sizes of this run; a quick one has the two smallest."""
        return [size for size in self.sizes if full or size <= self.most][: 2 if quick else None]


HEARD = "each member online hears it"
LISTED = "the answer lists each room"
DIMENSIONS = (
    Dimension(
        "members-of-a-room",
        "members of the room, two of them online",
        (10, 100, 1_000, 10_000),
        lambda size: Shape(size, members=size),
        ("post", "post with @here", "edit", "reaction", "session open"),
        online=lambda _: 2,
    ),
    Dimension(
        "members-online",
        "members of the room, all of them online",
        (10, 100, 1_000),
        lambda size: Shape(size, members=size),
        ("post", "edit", "reaction", "post with @here"),  # whose notifications are told afterwards
        online=lambda size: size,
        fan_out=dict.fromkeys(("post", "post with @here", "edit", "reaction"), HEARD),
    ),
    Dimension(
        "rooms",
        "rooms of the space",
        (100, 1_000, 10_000, 100_000),
        lambda size: Shape(PEOPLE, rooms=size),
        ("post", "post with @here", "unread list", "session open"),
    ),
    Dimension(
        "accounts-online",
        "accounts online, four of them in the room",
        (100, 1_000, 5_000),
        lambda size: Shape(size),
        ("post", "post with @here", "session open"),
        online=lambda size: size,
    ),
    Dimension(
        "messages",
        "messages stored",
        (10**4, 10**5, 10**6, 10**7),
        lambda size: Shape(PEOPLE, SEVERAL_ROOMS, joined=SEVERAL_ROOMS, messages=size, leavers=FEW, wrote=10),
        (
            "post",
            "edit",
            "reaction",
            "search",
            "search of a common word",
            "unread list",
            "page of history",
            "session open",
            "deletion of an account",
        ),
        most=10**6,
    ),
    Dimension(
        "rooms-joined",
        "rooms joined by the member",
        (1, 10, 100, 1_000),
        lambda size: Shape(PEOPLE, rooms=size, joined=size),
        ("post", "session open", "unread list", "search"),
        fan_out={"session open": LISTED, "unread list": LISTED},
    ),
    Dimension(
        "members-of-a-space",
        "members of the space",
        (100, 1_000, 10_000),
        lambda size: Shape(size + STRANGERS, strangers=STRANGERS, leavers=FEW, wrote=10),
        ("post", "session open", "join of a space", "deletion of an account"),
    ),
    Dimension(
        "messages-of-an-account",
        "messages that the account has written",
        (1, 10, 100, 1_000),
        lambda size: Shape(PEOPLE, leavers=FEW, wrote=size),
        ("deletion of an account",),
        fan_out={"deletion of an account": "each message is erased"},
    ),
)


def curves(setting: Setting) -> list[Figure]:
    """Draws nothing: the charts are left in `setting.charts`."""
    figures = []
    for dimension in DIMENSIONS:
        sizes = dimension.chosen(setting.plan.quick, setting.plan.full)
        chart = Chart(
            dimension.name,
            dimension.thing,
            [Curve(act, dimension.fan_out.get(act, "")) for act in dimension.acts],
        )
        for size in sizes:
            setting.say(f"growth: {size:,} {dimension.thing}")
            _take(setting, dimension, chart, size)
        setting.charts.append(chart)
        figures += chart.figures()
    return figures


def _take(setting: Setting, dimension: Dimension, chart: Chart, size: int) -> None:
    """One point of each curve, all of them from one server."""
    folder = setting.fresh_folder()
    village = write_village(folder, dimension.shape(size))
    receiver = setting.receiver
    with ExitStack() as stack:
        server = stack.enter_context(chatd_running(folder, setting.cores.server))
        operator = Operator(folder)
        until_followed(operator)
        people = let_in(operator, village.accounts[: dimension.online(size)])
        operator.close()
        crowd = connect_crowd(server, receiver, people[1:])
        stack.callback(receiver.dismiss, crowd)
        receiver.until_quiet(SETTLED)
        asker = stack.enter_context(Asker(server, people[0].token))

        def read_all() -> None:
            for _ in range(len(crowd.taps) // MOST_READY + 1):
                receiver.turn(0)

        scene = Scene(server, folder, village, people[0], asker, setting.plan.acts, read_all)
        for curve in chart.curves:
            curve.points.append(measure(scene, ACTS[curve.act], size))
            receiver.until_quiet(SETTLED)
    shutil.rmtree(folder)
