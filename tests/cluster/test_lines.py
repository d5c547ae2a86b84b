"""Commands for streams of other nodes: in order, once, and answered, whatever is lost on the way."""

from __future__ import annotations

from functools import partial
from typing import Any

import attrs
import memory_net
import msgspec
import pytest
import trio
from memory_net import MemoryWires
from trio.testing import MockClock

from chatd.actors.runtime.envelope import STOPPING, UNCERTAIN, UNSETTLED, Envelope
from chatd.cluster import inboxes
from chatd.cluster.calls import Call, answers_to, calls_to
from chatd.cluster.envelopes import encode_command
from chatd.cluster.inboxes import HELD, KEPT_SECONDS, Inboxes
from chatd.cluster.line import PATIENCE, RESEND
from chatd.cluster.lines import OF_A_LINE, OF_A_LINE_BYTES, OUTSTANDING_BYTES, Lines
from chatd.cluster.node_message import encode
from chatd.contract.errors import Refusal
from chatd.contract.message import Posted, PostMessage
from chatd.contract.spec import DONE
from chatd.domain.decision import Context
from chatd.domain.internal import BanAccount

ROOM = "room/r"
Life = tuple[str, str]


class Log:
    """What all nodes have stored: in order, each nonce once. `tries` counts every time something was done."""

    def __init__(self) -> None:
        self.stored: list[str] = []
        self.tries: list[str] = []

    def store(self, command: Any) -> object:
        what = command.text if isinstance(command, PostMessage) else command.account
        self.tries.append(what)
        if not isinstance(command, PostMessage):
            self.stored.append(what)
            return DONE
        if what not in self.stored:
            self.stored.append(what)
        return Posted(seq=self.stored.index(what) + 1, position=1, at=1)


@attrs.define(eq=False)
class Node:
    """`owns`: where it believes that the stream lives. `applying`: it has applied what others wrote."""

    name: str
    wires: MemoryWires
    log: Log
    owns: Life | None = None
    life: str = "1"
    slow: float = 0.0
    under_way: int = 0
    stopping: Refusal | None = None  # what it says of all that it is told
    missed: bool = False
    still_able: set[Life] = attrs.field(factory=set)  # those that decide, though they own nothing
    lines: Lines = attrs.field(init=False)
    inboxes: Inboxes = attrs.field(init=False)
    applying: trio.Event = attrs.field(factory=trio.Event)
    answers: dict[str, object] = attrs.field(factory=dict)
    _scope: trio.CancelScope = attrs.field(factory=trio.CancelScope)

    @property
    def here(self) -> Life:
        return self.name, self.life

    def owner(self, stream: str) -> Life | None:
        return self.owns

    def able(self, owner: Life) -> bool:
        return owner in self.still_able

    def move(self, owner: Life | None) -> None:
        self.owns = owner
        self.lines.owners_changed()

    async def live(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        self.applying.set()
        with self._scope:
            async with trio.open_nursery() as nursery:
                net = self.wires.net(self.name)
                at_work = nursery, self.carry_out, self.applied, lambda: 7
                self.lines = Lines(net, self, *at_work, lambda stream: self.under_way > 0)
                self.lines.open()
                self.inboxes = Inboxes(net, self.life, *at_work, lambda: self.missed)
                self.inboxes.open()
                nursery.start_soon(self.inboxes.run)
                task_status.started()
                await trio.sleep_forever()

    def die(self) -> None:
        self.wires.forget(self.name)
        self._scope.cancel()

    async def applied(self, sequence: int) -> None:
        await trio.lowlevel.checkpoint()
        await self.applying.wait()

    async def carry_out(self, stream: str, envelope: Envelope) -> None:
        self.under_way += 1
        await trio.sleep(self.slow)
        self.under_way -= 1
        if self.stopping is not None:
            envelope.reply(self.stopping)
            return
        envelope.reply(self.log.store(envelope.command))

    async def tell(self, command: Any, name: str) -> None:
        envelope = Envelope(command, Context("ann", 1), lambda answer: self.answers.__setitem__(name, answer))
        if not self.lines.takes(ROOM, envelope):
            await self.carry_out(ROOM, envelope)

    async def post(self, text: str) -> None:
        await self.tell(PostMessage("r", text, f"nonce-{text}"), text)

    async def ban(self, account: str) -> None:
        await self.tell(BanAccount(account, None, None, exists=True), account)


async def started(wires: MemoryWires, log: Log, name: str, owns: Life | None = None, life: int = 1) -> Node:
    node = Node(name, wires, log, owns, str(life))
    await wires.nursery.start(node.live)
    return node


async def two(wires: MemoryWires) -> tuple[Node, Node, Log]:
    """`b`, that owns the room; `a`, of which commands come; the log of both."""
    log = Log()
    return await started(wires, log, "b"), await started(wires, log, "a", ("b", "1")), log


async def owned_elsewhere(wires: MemoryWires) -> tuple[Node, Node]:
    """`b`, that owns the room; `a`, of which commands come. `c` can come to own it."""
    log = Log()
    owner = await started(wires, log, "b")
    await started(wires, log, "c")
    node = await started(wires, log, "a", owner.here)
    node.still_able = {owner.here}
    return owner, node


async def answered(node: Node, count: int, within: float = 60.0) -> None:
    with trio.fail_after(within):
        while len(node.answers) < count:  # noqa: ASYNC110
            await trio.sleep(0.01)  # of virtual time


def large(number: int) -> str:
    return f"{number:04}".ljust(10_000, "\N{GRINNING FACE}")


def fitting(size: int) -> int:
    """How many posts of large texts have so many bytes."""
    command = PostMessage("r", large(0), nonce="nonce-0000")
    return size // len(encode_command(Envelope(command, Context("ann", 1), lambda answer: None)))


def numbered(count: int) -> list[str]:
    return [f"{number:04}" for number in range(count)]


async def test_what_a_node_decides_still_is_not_overtaken_when_another_comes_to_own_the_stream(
    wires: MemoryWires, autojump_clock: MockClock
) -> None:
    """As after a pause in which it heard nobody, and thought that all streams were its own."""
    log = Log()
    await started(wires, log, "b")
    node = await started(wires, log, "a")
    node.slow = 3.0
    wires.nursery.start_soon(node.post, "first")
    await trio.sleep(1)
    node.move(("b", "1"))
    await node.post("second")
    await node.post("third")
    await answered(node, 3)
    assert log.stored == ["first", "second", "third"]


async def test_what_waits_too_long_for_what_a_node_decides_still_is_refused_and_overtakes_nothing(
    wires: MemoryWires, autojump_clock: MockClock
) -> None:
    log = Log()
    await started(wires, log, "b")
    node = await started(wires, log, "a")
    node.slow = 2 * PATIENCE
    wires.nursery.start_soon(node.post, "first")
    await trio.sleep(1)
    node.move(("b", "1"))
    await node.post("second")
    await node.ban("eve")
    await trio.sleep(PATIENCE / 2)
    await node.post("third")
    await answered(node, 3, PATIENCE + 1)
    refusals = [answer for answer in node.answers.values() if isinstance(answer, Refusal)]
    assert [refusal.code for refusal in refusals] == ["unavailable"] * 3
    assert all("nothing was changed" in refusal.message for refusal in refusals)
    await answered(node, 4)
    await node.post("fourth")
    await answered(node, 5)
    assert log.tries == ["first", "fourth"]


async def test_commands_are_decided_by_the_owner_in_order(
    wires: MemoryWires, autojump_clock: MockClock
) -> None:
    owner, node, log = await two(wires)
    for text in numbered(50):
        await node.post(text)
    await answered(node, 50)
    assert log.tries == numbered(50)
    assert node.answers["0004"] == Posted(seq=5, position=1, at=1)
    assert owner.answers == {}


@pytest.mark.parametrize("seed", range(6))
async def test_nothing_is_done_twice_or_out_of_order_though_messages_are_lost(
    wires: MemoryWires, autojump_clock: MockClock, seed: int
) -> None:
    wires.random.seed(seed)
    wires.loss = 0.2
    _, node, log = await two(wires)
    for name in numbered(60):
        await node.ban(name)
        await trio.sleep(wires.random.random() * 0.4)
    await answered(node, 60)
    assert log.tries == numbered(60)
    assert set(node.answers.values()) == {DONE}


async def test_the_owner_decides_when_it_knows_what_its_asker_knew(
    wires: MemoryWires, autojump_clock: MockClock
) -> None:
    owner, node, log = await two(wires)
    owner.applying = trio.Event()
    await node.post("hello")
    await trio.sleep(RESEND / 2)
    assert log.tries == []
    owner.applying.set()
    await answered(node, 1)
    assert log.stored == ["hello"]


async def test_what_came_to_a_node_that_stood_still_is_not_done_when_it_goes_on(
    wires: MemoryWires, autojump_clock: MockClock
) -> None:
    """Whoever asked was told that nobody knows, and may have done something else since. What is wanted still
    comes again."""
    log = Log()
    frozen, other = [await started(wires, log, name) for name in ("b", "c")]
    node = await started(wires, log, "a", ("b", "1"))
    frozen.missed = True
    await node.ban("bob")
    await trio.sleep(RESEND / 2)
    node.move(other.here)
    await answered(node, 1)
    assert node.answers == {"bob": UNCERTAIN}
    node.move(frozen.here)
    await node.ban("eve")
    await trio.sleep(RESEND / 2)
    assert log.tries == []
    frozen.missed = False
    await answered(node, 2)
    assert log.tries == ["eve"]


async def test_a_lost_answer_holds_a_busy_line_up_only_until_it_is_asked_for_again(
    wires: MemoryWires,
    autojump_clock: MockClock,
) -> None:
    """Answers to later commands keep the line awake, which must not keep it from sending again."""
    _, node, _ = await two(wires)
    lost: list[bytes] = []

    def lose(subject: str, data: bytes) -> bool:
        if subject == "answer.a" and not lost:
            lost.append(data)
            return True
        return False

    wires.lose = lose
    for text in numbered(500):
        await node.post(text)
        await trio.sleep(0.02)
        if trio.current_time() > 3 * RESEND + 1:
            break
    assert lost
    assert "0000" in node.answers
    assert len(node.answers) > 100


async def test_a_new_command_never_overtakes_one_that_waited_while_the_owner_changed(
    wires: MemoryWires,
    autojump_clock: MockClock,
) -> None:
    _, node, log = await two(wires)
    await node.post("first")
    await trio.sleep(0.001)
    node.applying = trio.Event()  # this node lags: the answer to the first waits
    await trio.sleep(0.1)
    node.move(("c", "1"))
    await node.post("second")  # for c, which is not there
    node.move(("b", "1"))
    await node.post("third")
    await trio.sleep(0.1)
    assert node.answers == {}  # whoever is answered may ask this node for what they wrote
    node.applying.set()
    await answered(node, 3)
    assert log.stored == ["first", "second", "third"]


@pytest.mark.parametrize("seed", range(6))
async def test_order_holds_though_owners_die_and_networks_split(
    wires: MemoryWires, autojump_clock: MockClock, seed: int
) -> None:
    wires.random.seed(seed)
    wires.loss = 0.05
    log = Log()
    others = {name: await started(wires, log, name) for name in "bc"}
    node = await started(wires, log, "a", ("b", "1"))
    lives = {"b": 1, "c": 1}
    for number, text in enumerate(numbered(200)):
        await node.post(text)
        await trio.sleep(wires.random.random() * 0.1)
        if number % 25 == 24:
            match wires.random.choice(("kill", "cut", "here", "flap")):
                case "kill":
                    assert node.owns is None or node.owns[0] in others
                    victim = "b" if node.owns is None else node.owns[0]
                    others[victim].die()
                    lives[victim] += 1
                    others[victim] = await started(wires, log, victim, life=lives[victim])
                    node.move((victim, str(lives[victim])))
                case "cut":
                    wires.cut.add(frozenset("ab"))
                    node.move(("c", str(lives["c"])))
                    await node.post(f"{text}-cut")
                    wires.cut.clear()
                case "here":
                    node.move(None)
                case "flap":
                    node.move(("c", str(lives["c"])))
                    node.move(("b", str(lives["b"])))
    with trio.fail_after(60):
        while not all(text in node.answers for text in numbered(200)):  # noqa: ASYNC110
            await trio.sleep(0.01)  # of virtual time
    assert log.stored == sorted(log.stored)
    assert not [text for text, answer in node.answers.items() if isinstance(answer, Refusal)]


async def test_what_a_dead_owner_may_have_done_and_is_not_safe_to_repeat_is_answered_uncertain(
    wires: MemoryWires,
    autojump_clock: MockClock,
) -> None:
    owner, node, log = await two(wires)
    wires.lose = lambda subject, data: subject == "answer.a"
    await node.ban("eve")
    await node.post("hello")
    await trio.sleep(0.1)
    owner.die()
    wires.lose = lambda subject, data: False
    node.move(None)
    await answered(node, 2)
    refusal = node.answers["eve"]
    assert isinstance(refusal, Refusal)
    assert refusal.code == "uncertain"
    assert isinstance(node.answers["hello"], Posted)
    assert log.tries == ["eve", "hello", "hello"]


async def test_what_was_sent_to_an_owner_is_not_done_again_by_its_next_life(
    wires: MemoryWires, autojump_clock: MockClock
) -> None:
    """Also before the others have heard that it is another life."""
    owner, node, log = await two(wires)
    wires.lose = lambda subject, data: subject == "answer.a"
    await node.ban("eve")
    await trio.sleep(0.1)
    owner.die()
    wires.lose = lambda subject, data: False
    await started(wires, log, "b", life=2)
    await trio.sleep(2 * RESEND)
    node.move(("b", "2"))
    await answered(node, 1)
    assert log.tries == ["eve"]
    refusal = node.answers["eve"]
    assert isinstance(refusal, Refusal)
    assert refusal.code == "uncertain"


async def test_who_never_hears_from_the_owner_is_told_so_in_the_end(
    wires: MemoryWires, autojump_clock: MockClock
) -> None:
    node = await started(wires, Log(), "a", ("b", "1"))
    await node.ban("eve")
    await node.post("hello")
    await answered(node, 2, PATIENCE + 3 * RESEND)
    assert [answer.code for answer in node.answers.values() if isinstance(answer, Refusal)] == [
        "uncertain",
        "unavailable",
    ]


async def test_a_line_takes_so_many_commands_and_no_more(
    wires: MemoryWires, autojump_clock: MockClock
) -> None:
    node = await started(wires, Log(), "a", ("b", "1"))
    for text in numbered(OF_A_LINE + 5):
        await node.post(text)
    assert [answer.code for answer in node.answers.values() if isinstance(answer, Refusal)] == [
        "overloaded"
    ] * 5


def overloaded(node: Node) -> list[str]:
    refused = {name: answer.code for name, answer in node.answers.items() if isinstance(answer, Refusal)}
    assert set(refused.values()) <= {"overloaded"}
    return list(refused)


async def test_a_line_takes_so_many_bytes_and_no_more_until_some_are_answered(
    wires: MemoryWires, autojump_clock: MockClock
) -> None:
    owner, node = await owned_elsewhere(wires)
    fit = fitting(OF_A_LINE_BYTES)
    owner.slow = 0.01
    for _ in range(2):  # what was answered takes no room
        texts = [large(number) for number in range(fit + 3)]
        for number, text in enumerate(texts):
            await node.tell(PostMessage("r", text, nonce=f"nonce-{number:04}"), text)
        assert sorted(overloaded(node)) == sorted(texts[fit:])
        await answered(node, fit + 3)
        assert not node.lines._outstanding_bytes
        assert [text for text in texts if text not in node.log.stored] == texts[fit:]
        node.answers.clear()
        node.log.stored.clear()


async def test_lines_take_so_many_bytes_together_and_no_more(
    wires: MemoryWires, autojump_clock: MockClock
) -> None:
    """Others may be overloaded by one, but they are told so at once."""
    node = await started(wires, Log(), "a", ("b", "1"))
    fit = fitting(OUTSTANDING_BYTES)
    for number in range(fit + 5):
        text = large(number)
        command = PostMessage("r", text, nonce=f"nonce-{number:04}")
        answer = partial(node.answers.__setitem__, text)
        assert node.lines.takes(f"room/{number}", Envelope(command, Context("ann", 1), answer))
    assert len(overloaded(node)) == 5


async def test_an_owner_holds_so_many_bytes_for_others_and_refuses_what_is_more(
    wires: MemoryWires, autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of them may give it as much as it takes from one."""
    monkeypatch.setattr(memory_net, "LATE", 0.0)
    held = HELD // 32
    monkeypatch.setattr(inboxes, "HELD", held)
    log = Log()
    owner = await started(wires, log, "b")
    owner.slow = 3.0
    fit = fitting(held)
    nodes = [await started(wires, log, name, owner.here) for name in ("a", "c")]
    for number in range(fit):
        for node in nodes:
            command = PostMessage("r", large(number), nonce=f"nonce-{number:04}")
            answer = partial(node.answers.__setitem__, number)
            assert node.lines.takes(f"room/{number}", Envelope(command, Context("ann", 1), answer))
    await trio.sleep(1)
    refused = sum(len(overloaded(node)) for node in nodes)
    assert fit - 2 <= refused <= fit
    await trio.sleep(10)
    assert sum(len(node.answers) for node in nodes) == 2 * fit
    assert not any(node.lines._outstanding_bytes for node in nodes)
    await trio.sleep(200)  # nobody asks for the answers any more
    assert not owner.inboxes._held


async def test_a_node_knows_so_many_lines_of_others_and_forgets_those_that_ask_for_nothing(
    wires: MemoryWires, autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inboxes, "MOST_INBOXES", 2)
    owner = await started(wires, Log(), "b")
    net, heard = wires.net("a"), list[str]()
    net.listen(answers_to("a"), lambda data: heard.append(msgspec.msgpack.decode(data)[0]))

    async def ask(line: str) -> None:
        post = PostMessage("r", line, f"nonce-{line}")
        command = encode_command(Envelope(post, Context("ann", 1), lambda answer: None))
        net.publish(calls_to(owner.here), encode(Call("a", line, ROOM, 1, 1, 0, command)))
        await trio.sleep(1)

    for line in ("first", "second", "third"):
        await ask(line)
    assert heard == ["first", "second"]
    await trio.sleep(inboxes.ASKED_FOR)
    await ask("third")
    assert heard == ["first", "second", "third"]


async def test_answers_are_kept_only_until_they_have_arrived(
    wires: MemoryWires, autojump_clock: MockClock
) -> None:
    owner, node, _ = await two(wires)
    for text in numbered(300):
        await node.post(text)
        await trio.sleep(0.002)
    await answered(node, 300)
    await trio.sleep(1)
    assert owner.inboxes._inboxes == {}
    assert not owner.inboxes._held


async def test_what_was_given_up_keeps_nothing_behind_it_waiting(
    wires: MemoryWires, autojump_clock: MockClock
) -> None:
    """The owner, who never heard of it, would wait for its number."""
    owner = await started(wires, Log(), "b")
    node = await started(wires, Log(), "a", ("b", "1"))
    lost: list[bytes] = []

    def lose(subject: str, data: bytes) -> bool:
        return bool(lost) and subject == "call.b.1"

    wires.lose = lose
    owner.slow = 1.0
    await node.post("first")
    await trio.sleep(owner.slow / 2)
    lost.append(b"all")
    await node.post("given up")
    await trio.sleep(PATIENCE - 2)
    await node.post("behind it")
    await trio.sleep(2 + 3 * RESEND)
    assert node.answers["given up"] == UNSETTLED
    lost.clear()
    await trio.sleep(3 * RESEND)
    assert isinstance(node.answers["behind it"], Posted)


async def test_bytes_that_are_no_message_do_no_harm(
    wires: MemoryWires, autojump_clock: MockClock, capsys: pytest.CaptureFixture[str]
) -> None:
    _, node, log = await two(wires)
    for data in (b"", b"\xc1", msgspec.msgpack.encode([1, 2]), msgspec.msgpack.encode({"a": 1})):
        wires.carry("z", "call.b.1", data)
        wires.carry("z", "answer.a", data)
    await node.post("hello")
    await answered(node, 1)
    assert log.stored == ["hello"]


@pytest.mark.parametrize("lost", ["call", "answer"])
@pytest.mark.parametrize("broken", ["sender", "owner"])
async def test_what_a_broken_connection_lost_is_said_again_as_soon_as_there_is_another(
    wires: MemoryWires, autojump_clock: MockClock, lost: str, broken: str
) -> None:
    """Not only after the time in which an answer should come: who waits would notice."""
    owner, node, log = await two(wires)
    wires.lose = lambda subject, data: subject.startswith(lost)
    for text in numbered(20):
        await node.post(text)
    await trio.sleep(RESEND / 4)
    assert node.answers == {}
    wires.lose = lambda subject, data: False
    {"sender": node, "owner": owner}[broken].lines.connected_again()
    await answered(node, 20, within=RESEND / 4)
    assert log.tries == numbered(20)


@pytest.mark.parametrize("next_owner", [("c", "1"), None])
async def test_what_an_owner_was_given_it_finishes_when_another_one_comes(
    wires: MemoryWires, autojump_clock: MockClock, next_owner: Life | None
) -> None:
    """Nobody died, so nobody need be told that nobody knows."""
    log = Log()
    owner = await started(wires, log, "b")
    newcomer = await started(wires, log, "c")
    node = await started(wires, log, "a", ("b", "1"))
    node.still_able = {("b", "1")}
    owner.slow = 0.1
    for account in numbered(5):
        await node.ban(account)
    await trio.sleep(0.05)
    node.move(next_owner)
    newcomer.slow = 0.0
    for account in ("later", "latest"):
        await node.ban(account)
    await answered(node, 7)
    assert log.tries == [*numbered(5), "later", "latest"]
    assert set(node.answers.values()) == {DONE}


async def test_what_its_owner_has_forgotten_is_decided_by_this_node_where_it_owns_the_stream_by_then(
    wires: MemoryWires, autojump_clock: MockClock
) -> None:
    """As where a node could not apply for minutes what others had answered."""
    owner, node = await owned_elsewhere(wires)
    owner.slow = 0.5
    await node.post("first")
    await node.post("second")
    await answered(node, 1)
    node.applying = trio.Event()
    await trio.sleep(2 * KEPT_SECONDS)
    await node.post("third")
    await trio.sleep(RESEND / 2)  # it is told that nobody there knows of the line
    node.move(None)
    await node.post("fourth")
    node.applying.set()
    await answered(node, 4)
    assert node.log.tries == ["first", "second", "third", "fourth"]


async def test_an_owner_that_stops_to_be_able_is_not_waited_for(
    wires: MemoryWires, autojump_clock: MockClock
) -> None:
    owner, node = await owned_elsewhere(wires)
    owner.slow = 1000.0
    await node.post("text")
    await trio.sleep(0.05)
    node.move(("c", "1"))
    await trio.sleep(0.05)
    assert node.answers == {}
    node.still_able = set()
    node.lines.owners_changed()
    await answered(node, 1, within=0.1)


async def test_an_owner_that_stops_answers_what_it_was_given_and_takes_nothing_after_that(
    wires: MemoryWires, autojump_clock: MockClock
) -> None:
    owner, node = await owned_elsewhere(wires)
    owner.slow = 0.5
    for account in numbered(5):
        await node.ban(account)
    finished = trio.current_time()
    await owner.inboxes.finish()
    assert trio.current_time() - finished > 2
    owner.inboxes.close()
    await node.ban("late")  # it has not heard of the good-bye
    await trio.sleep(3 * RESEND)
    assert list(node.answers) == numbered(5)
    node.still_able = set()
    node.move(("c", "1"))
    await answered(node, 6)
    assert node.log.tries == numbered(5)
    refusal = node.answers["late"]
    assert isinstance(refusal, Refusal)
    assert refusal.code == "uncertain"


@pytest.mark.parametrize("answer", [STOPPING, UNSETTLED, UNCERTAIN], ids=["not", "unsettled", "uncertain"])
async def test_what_an_owner_that_stops_does_not_settle_is_left_to_the_next_one(
    wires: MemoryWires, autojump_clock: MockClock, answer: Refusal
) -> None:
    """Its sender need not reconnect: that node stays. As when what the owner proposed does not come back."""
    owner, node = await owned_elsewhere(wires)
    owner.stopping, owner.slow = answer, 0.1
    for text in numbered(3):
        await node.post(text)
    await trio.sleep(0.05)
    with trio.fail_after(1):
        await owner.inboxes.finish()
    assert node.answers == {}
    node.still_able = set()
    node.move(("c", "1"))
    await answered(node, 3, within=0.1)
    assert node.log.stored == numbered(3)
