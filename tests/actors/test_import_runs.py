"""Runs of an import, drawn: of an export that grows and changes elsewhere, cut off and begun anew, while
members act between any two questions of a run. A second run changes nothing, and what members did stays.

The gate draws a few, the same ones each time; CHATD_MODEL_EXAMPLES=1000 draws as many others.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, cast

import attrs
import pytest
import trio
from actor_world import World, furnish, living
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from import_scene import Importing, shown
from meanwhile import ReaderBetween
from msgspec.structs import replace

from chatd.actors.runtime import command_bus
from chatd.actors.runtime.command_bus import CommandBus
from chatd.actors.runtime.live_sessions import LiveSessions
from chatd.actors.workers import deletions as deletions_module
from chatd.actors.workers.account_deletion import AccountDeletionWorker
from chatd.actors.workers.deletions import Deletions
from chatd.contract.errors import Refusal
from chatd.contract.import_ import ImportMessage, ImportPerson, ImportReaction, ImportRoom
from chatd.contract.member import KickMember
from chatd.contract.message import DeleteMessage, EditMessage, PostMessage
from chatd.contract.pin import AddPin, RemovePin
from chatd.contract.reaction import AddReaction, RemoveReaction
from chatd.contract.room import ArchiveRoom, JoinRoom, LeaveRoom, RemoveFromRoom, UnarchiveRoom, UpdateRoom
from chatd.domain.internal import EndImport
from chatd.handlers import import_messages, import_rooms

EXAMPLES: Final = int(os.environ.get("CHATD_MODEL_EXAMPLES", "0"))
STEP: Final = 1000  # milliseconds
AT_ONCE: Final = 2  # messages in a batch
PEOPLE: Final = ("U1", "U2", "U3", "U4")  # Ann and Bob, and two who get placeholders
EMOJI: Final = ("👍", "🎉")

PICKS = st.integers(0, 40)
PERSON = st.sampled_from(PEOPLE)
ELSEWHERE = st.one_of(
    st.tuples(st.just("say"), PERSON, PICKS),
    st.tuples(st.just("edit"), PICKS),
    st.tuples(st.just("react"), PICKS, PERSON, st.sampled_from(EMOJI)),
    st.tuples(st.just("pin"), PICKS, PERSON),
    st.tuples(st.just("delete"), PICKS),
    st.tuples(st.just("rename"), PICKS, PERSON),
)
HERE = st.tuples(
    st.sampled_from(
        (
            *("post", "edit", "edit", "delete", "react", "unreact", "unreact", "pin", "unpin", "unpin"),
            *("erase", "carry out", "leave", "remove", "kick", "archive", "unarchive", "name", "join"),
            *("again", "again"),
        )
    ),
    PICKS,
    PICKS,
)
RUN = st.tuples(
    st.just("run"),
    st.lists(st.tuples(st.integers(0, 30), HERE), max_size=4),  # after which question of the run
    st.one_of(st.none(), st.integers(0, 4)),  # after how many batches it is cut off
)
SAY = st.tuples(st.just("say"), PERSON, PICKS)
ROUND = st.tuples(
    st.lists(ELSEWHERE, min_size=1, max_size=4),
    st.lists(HERE.map(lambda act: ("here", act)), max_size=4),
    st.lists(st.one_of(RUN, RUN, st.just(("restart",))), min_size=1, max_size=2),
)
STEPS = st.tuples(st.lists(SAY, min_size=2, max_size=6), st.lists(ROUND, min_size=2, max_size=4)).map(
    lambda drawn: [*drawn[0], *(step for part in drawn[1] for steps in part for step in steps)]
)


@attrs.define
class Elsewhere:
    """The other chat. Authors are keys of people."""

    messages: dict[str, ImportMessage] = attrs.Factory(dict)
    deleted: set[str] = attrs.Factory(set)

    def step(self, now: int, what: str, *how: Any) -> None:
        if what == "say":
            author, thread = how
            key = str(len(self.messages) + 1)
            said = ImportMessage(key, author, now, f"text {key}", thread=self._key(thread))
            self.messages[key] = said
        elif key := self._key(how[0]):
            self.messages[key] = self._changed(self.messages[key], now, what, *how[1:])
            if what == "delete":
                self.deleted.add(key)

    def _changed(self, said: ImportMessage, now: int, what: str, *how: Any) -> ImportMessage:
        if said.deleted:
            return said
        match what:
            case "edit":
                return replace(said, text=f"{said.text} at {now}", edited_at=now)
            case "react":
                return replace(said, reactions=[*said.reactions, ImportReaction(*how)])
            case "pin":
                return replace(said, pinned_by=how[0])
            case "delete":
                return ImportMessage(said.key, said.by, said.at, "", said.thread, deleted=True)
            case _:  # an address book has another name for whoever wrote it
                return replace(said, by=how[0])

    def _key(self, pick: int) -> str | None:
        keys = list(self.messages)
        return keys[pick % len(keys)] if keys else None


@attrs.define
class Done:
    """What members did here that is to stay so."""

    posts: set[int] = attrs.Factory(set)
    texts: dict[int, tuple[str, int]] = attrs.Factory(dict)  # and when
    deleted: set[int] = attrs.Factory(set)
    on: set[tuple[int, str, str]] = attrs.Factory(set)
    off: set[tuple[int, str, str]] = attrs.Factory(set)
    pinned: set[int] = attrs.Factory(set)
    unpinned: set[int] = attrs.Factory(set)
    out: set[tuple[str, str]] = attrs.Factory(set)  # of this stream, this account
    erased: set[str] = attrs.Factory(set)


class Life:
    def __init__(self, world: World) -> None:
        self.world = world
        self.clock = 1_700_000_000_000
        self.elsewhere = Elsewhere()
        self.done = Done()
        self.accounts: dict[str, str] = {"U1": "ann", "U2": "bob"}
        self.runs = 0
        self.batch: list[ImportMessage] = []

    def now(self) -> int:
        return self.clock

    # --- the import

    async def run(self, acts: list[tuple[int, Any]], cut: int | None) -> None:
        self.runs += 1
        between = {nth: partial(self.act, *act) for nth, act in acts}
        reader = ReaderBetween(self.world.reader, between)
        importing = Importing(self.world, f"i{self.runs}")
        await importing.open()
        people = [ImportPerson(key, f"p-{key}", account=self.mapped(key)) for key in PEOPLE]
        for one in (await importing.people(*people, reader=reader)).people:
            self.accounts[one.key] = one.account
        members = [self.accounts[key] for key in PEOPLE]
        await importing.rooms(ImportRoom("C1", "general", "public", room="r", members=members), reader=reader)
        said = list(self.elsewhere.messages.values())
        for begin in range(0, len(said), AT_ONCE):
            if cut == begin // AT_ONCE:
                return
            self.batch = [self.sent(one) for one in said[begin : begin + AT_ONCE]]
            await importing.say(*self.batch, reader=reader)
        self.batch = []
        await self.world.ask("space/s", EndImport(importing.id), "operator:0")

    def mapped(self, key: str) -> str | None:
        account = {"U1": "ann", "U2": "bob"}.get(key)
        return None if account in self.done.erased else account

    def sent(self, one: ImportMessage) -> ImportMessage:
        return replace(
            one,
            by=self.accounts[one.by],
            pinned_by=one.pinned_by and self.accounts[one.pinned_by],
            reactions=[ImportReaction(self.accounts[said.by], said.emoji) for said in one.reactions],
        )

    # --- members

    async def act(self, what: str, who: int, which: int) -> None:
        self.clock += STEP
        world, done, room = self.world, self.done, "room/r"
        account = list(self.accounts.values())[who % len(self.accounts)]
        if what == "again":  # what was sent before chatctl was killed is still under way
            if batch := self.batch:
                await Importing(world, f"i{self.runs}").say(*batch)
            return
        if what == "carry out":
            await self.carry_out()
            return
        if account in done.erased:
            return
        if what == "erase":
            if account != "ann":
                await self.deletions().order(account, "operator:0", None, messages=True)
                done.erased.add(account)
            return
        rows = await shown(world)
        row = rows[which % len(rows)] if rows else None
        seq = row["seq"] if row else 0
        emoji = EMOJI[which % len(EMOJI)]
        stream, command, by = room, None, account
        match what:
            case "post":
                command = PostMessage("r", f"own {self.clock}")
            case "edit":
                command = EditMessage("r", seq, f"mine {self.clock}")
            case "delete":
                command = DeleteMessage("r", seq)
            case "react":
                command = AddReaction("r", seq, emoji)
            case "unreact":
                if row is None or not row["reactions"]:
                    return
                emoji, by = row["reactions"][0]["emoji"], row["reactions"][0]["accounts"][0]
                if by in done.erased:
                    return
                command = RemoveReaction("r", seq, emoji)
            case "pin":
                command, by = AddPin("r", seq), "ann"
            case "unpin":
                if row is None or not row["pinned"]:
                    return
                command, by = RemovePin("r", seq), "ann"
            case "leave":
                command = LeaveRoom("r")
            case "join":
                command = JoinRoom("r")
            case "remove":
                command, by = RemoveFromRoom("r", account), "ann"
            case "kick":
                stream, command, by = "space/s", KickMember("s", account), "ann"
            case "archive":
                command, by = ArchiveRoom("r"), "ann"
            case "unarchive":
                command, by = UnarchiveRoom("r"), "ann"
            case "name":
                stream, command, by = "room/r", UpdateRoom("r", f"room {self.clock}"), "ann"
        inside = account in (await world.directory.state_of(room)).members
        answer = await world.ask(stream, command, by, at=self.clock)
        if isinstance(answer, Refusal):
            return
        match what:
            case "post":
                done.posts.add(cast(Any, answer).seq)
            case "edit":
                done.texts[seq] = (f"mine {self.clock}", self.clock)
            case "delete":
                done.deleted.add(seq)
            case "react":
                done.on.add((seq, emoji, by))
                done.off.discard((seq, emoji, by))
            case "unreact":
                done.off.add((seq, emoji, by))
                done.on.discard((seq, emoji, by))
            case "pin":
                done.pinned.add(seq)
                done.unpinned.discard(seq)
            case "unpin":
                done.unpinned.add(seq)
                done.pinned.discard(seq)
            case "leave" | "remove" if inside:  # who never came in did not leave
                done.out.add((room, account))
            case "join":
                done.out.discard((room, account))
            case "kick":
                done.out.add(("space/s", account))
                done.out.add((room, account))

    def deletions(self) -> Deletions:
        return Deletions(CommandBus(self.world.directory, self.world.writer), LiveSessions())

    async def carry_out(self) -> None:
        """The deletions that were ordered."""
        world, deletions = self.world, self.deletions()
        ordered = [row["account"] for row in await world.reader.erasures()]
        if not ordered:
            return
        bus = CommandBus(world.directory, world.writer)
        names = cast(Any, attrs.make_class("Names", {"forget": attrs.field()}))(lambda account: None)
        worker = AccountDeletionWorker(world.reader, bus, LiveSessions(), deletions, names)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(worker.run)
            await deletions.wait(ordered[-1])
            nursery.cancel_scope.cancel()

    # --- what must be so

    async def check(self) -> None:
        world, done = self.world, self.done
        rows = {row["seq"]: row for row in await shown(world)}
        known = await world.reader.imported_messages("r", list(self.elsewhere.messages), False)
        keys = {row["seq"]: row["key"] for row in known}
        for seq, row in rows.items():
            said = self.elsewhere.messages.get(keys.get(seq, ""))
            if row["deleted"]:
                by_export = keys.get(seq) in self.elsewhere.deleted
                assert seq in done.deleted or by_export or row["by"] in done.erased, (seq, row, said)
                continue
            assert seq not in done.deleted
            if seq in done.texts:
                text, at = done.texts[seq]
                newer = said is not None and said.edited_at is not None and said.edited_at > at
                assert newer or row["text"] == text, (row, said)
            assert row["pinned"] or seq not in done.pinned
            assert not row["pinned"] or seq not in done.unpinned
            reacted = {(one["emoji"], account) for one in row["reactions"] for account in one["accounts"]}
            assert not {(emoji, by) for at, emoji, by in done.off if at == seq} & reacted
            assert {(emoji, by) for at, emoji, by in done.on if at == seq} <= reacted
        assert done.posts <= rows.keys()
        for stream, account in done.out:
            state = await world.directory.state_of(stream)
            assert account not in state.members

    async def second_run_changes_nothing(self) -> None:
        before, rows = await self.world.reader.head(), await shown(self.world)
        await self.run([], None)
        assert await shown(self.world) == rows
        assert await self.world.reader.head() == before + 2  # begun, and finished


@asynccontextmanager
async def furnished(folder: Path) -> AsyncIterator[World]:
    async with living(folder) as world:
        await furnish(world)
        await world.ask("room/r", JoinRoom("r"), "bob")
        yield world


async def live(folder: Path, steps: list[Any], patch: pytest.MonkeyPatch) -> None:
    life: Life | None = None
    waiting: Iterator[Any] = iter(steps)
    step: Any = ("restart",)
    while step is not None:
        assert step[0] == "restart"
        async with living(folder) if life else furnished(folder) as world:
            if life is None:
                life = Life(world)
                for module in (import_messages, import_rooms, command_bus, deletions_module):
                    patch.setattr(module, "now", life.now)
            life.world = world
            for step in waiting:
                if step[0] == "restart":
                    break
                life.clock += STEP
                match step:
                    case ("run", acts, cut):
                        await life.run(acts, cut)
                        await life.check()
                    case ("here", act):
                        await life.act(*act)
                    case _:
                        life.elsewhere.step(life.clock, *step)
            else:
                step = None
                life.clock += STEP
                await life.run([], None)
                await life.check()
                await life.second_run_changes_nothing()
                await life.carry_out()
                await life.run([], None)
                await life.check()
                await life.second_run_changes_nothing()


@pytest.mark.timeout(60 + 5 * EXAMPLES)
@settings(
    max_examples=EXAMPLES or 25,
    derandomize=not EXAMPLES,
    database=None,
    phases=(Phase.explicit, Phase.generate),  # to shrink would take longer than to read what is printed
    suppress_health_check=list(HealthCheck),
)
@given(steps=STEPS)
@example(
    steps=[
        ("say", "U1", 0),
        ("run", [], None),
        ("rename", 0, "U2"),
        ("here", ("erase", 1, 0)),
        ("run", [], None),
    ]
)
def test_a_second_run_changes_nothing_and_what_members_did_stays(steps: list[Any]) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        trio.run(live, Path(folder), steps, patch)
