"""Where a run takes place and how long it takes: cores, a temporary folder, sizes, the rival if any."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import attrs

from bench import socketio
from bench.archive import Archive, write_archive
from bench.community import Operator, connect_crowd, create_community, enter_rooms
from bench.curve import Chart
from bench.machine import Cores
from bench.process import chatd_running
from bench.receiver import Crowd, Receiver

SETTLED = 0.3
OURS, RIVAL, BEFORE = "chatd", "socket.io", "before"  # what is measured, and what beside it


@attrs.frozen
class Plan:
    """Sizes and durations (seconds). A quick run's figures compare with nothing; a full one has ten million
    messages."""

    rounds: int = 5
    paced: float = 8
    steady: float = 5
    small_crowd: int = 200
    large_crowd: int = 1000
    rooms: int = 50
    missed: int = 10_000
    idle: int = 2000
    joins: int = 2000
    opens: int = 4000
    returning: int = 2000
    archived: int = 1_000_000
    backed_up: int = 200_000  # a round lasts as long as a backup while others post: a minute with a million
    asked: int = 300
    online: int = 5000
    acts: int = 200
    quick: bool = False
    full: bool = False


QUICK = Plan(
    rounds=1,
    paced=2,
    steady=2,
    large_crowd=400,
    missed=2000,
    idle=200,
    joins=200,
    opens=400,
    returning=200,
    archived=20_000,
    backed_up=20_000,
    asked=30,
    online=400,
    acts=30,
    quick=True,
)


@attrs.define
class Setting:
    """One run of the benchmark: beside this chatd, an earlier build of it or a rival, or neither.

    `before` is the folder with the earlier build's sources. `say` tells people what is going on. `charts` are
    the curves taken.
    """

    plan: Plan
    cores: Cores
    folder: Path
    receiver: Receiver
    rival: Path | None
    before: Path | None
    say: Callable[[str], None]
    charts: list[Chart] = attrs.field(factory=list, init=False)
    _folders: Iterator[int] = attrs.field(factory=itertools.count, init=False)
    _archives: dict[int, tuple[Path, Archive]] = attrs.field(factory=dict, init=False)

    def fresh_folder(self) -> Path:
        """A data folder that does not exist yet; short, because a Unix socket's path lies in it."""
        return self.folder / f"data{next(self._folders)}"

    def archived_folder(self, messages: int) -> tuple[Path, Archive]:
        """A data folder with an archive of so many, to be used up: a copy, because it takes long to write."""
        if messages not in self._archives:
            self.say(f"an archive of {messages:,} messages is written first")
            folder = self.fresh_folder()
            self._archives[messages] = folder, write_archive(folder, messages)
        written, archive = self._archives[messages]
        folder = self.fresh_folder()
        shutil.copytree(written, folder)
        return folder, archive


@attrs.frozen
class Side:
    """One server with its crowd; `rooms[i]` is where the i-th member of the crowd is."""

    name: str
    pid: int
    crowd: Crowd
    rooms: tuple[str, ...]


@contextmanager
def our_side(
    setting: Setting,
    name: str,
    folder: Path,
    members: int,
    rooms: int,
    views: bool = True,
    build: Path | None = None,
    settings: dict[str, str] | None = None,
) -> Iterator[Side]:
    """chatd on a fresh folder, with everybody connected and in their rooms."""
    with chatd_running(folder, setting.cores.server, views, build, settings) as server:
        operator = Operator(folder)
        community = create_community(server, operator, members, rooms)
        enter_rooms(server, community)
        operator.close()
        crowd = connect_crowd(server, setting.receiver, community.members, community.rooms[0])
        theirs = tuple(community.rooms[i % rooms] for i in range(members))
        try:
            yield Side(name, server.pid, crowd, theirs)
        finally:
            setting.receiver.dismiss(crowd)


@contextmanager
def both_sides(setting: Setting, members: int, rooms: int = 1) -> Iterator[list[Side]]:
    """chatd and what is measured beside it, with everybody connected and in their rooms."""
    with ExitStack() as stack:
        folder = setting.fresh_folder()
        sides = [stack.enter_context(our_side(setting, OURS, folder, members, rooms))]
        if setting.before:
            folder = setting.fresh_folder()
            side = our_side(setting, BEFORE, folder, members, rooms, build=setting.before)
            sides.append(stack.enter_context(side))
        elif setting.rival:
            rival = stack.enter_context(
                socketio.rival_running(setting.rival, setting.cores.server, folder.with_suffix(".rival.log"))
            )
            crowd = socketio.connect_crowd(rival, setting.receiver, members, rooms)
            stack.callback(setting.receiver.dismiss, crowd)
            theirs = tuple(socketio.room_name(i % rooms) for i in range(members))
            sides.append(Side(RIVAL, rival.pid, crowd, theirs))
        setting.receiver.until_quiet(SETTLED)
        yield sides
