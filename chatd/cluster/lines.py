"""Commands for streams that another node owns: one line for each stream, in order.

What has not been answered is sent again, in order and before anything newer: to the same life of the same
node, which does nothing twice; or to the next owner, where the last one may have done it. So what is not safe
to do twice is then not sent, and whoever asked is told that nobody knows. What is too long to be sent is
decided here, when all before it is answered, and before anything newer.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from math import inf
from typing import Final, Protocol

import attrs
import msgspec
import trio

from chatd.actors.runtime.envelope import BROKEN, UNAVAILABLE, UNCERTAIN, UNSETTLED, Envelope
from chatd.clock import new_id
from chatd.cluster.calls import LONGEST, Call, answers_to, calls_to, decode_answer, encode
from chatd.cluster.complaints import Complaints
from chatd.cluster.envelopes import Unsendable, decode_result, encode_command
from chatd.cluster.net import Net
from chatd.cluster.repeatable import repeatable
from chatd.contract.errors import Refusal

RESEND: Final = 1.0  # seconds
LOOK: Final = 0.01  # seconds
AGAIN: Final = "again"  # the subject on which a node says that it was without a connection
OUTSTANDING: Final = 16_384  # commands of all lines
OF_A_LINE: Final = 1024
PATIENCE: Final = 30.0  # seconds after which who asked is told that nobody knows
OVERLOADED: Final = Refusal(
    "overloaded", "too many commands wait for another node; try again in a few seconds"
)

Tell = Callable[[str, Envelope], Awaitable[None]]


class Owners(Protocol):
    def owner(self, stream: str) -> tuple[str, str] | None:
        """Node and life of the owner; None: this node."""

    def able(self, owner: tuple[str, str]) -> bool:
        """Whether this life of a node can decide still, be it the owner or not."""


@attrs.define(eq=False)
class _Sent:
    envelope: Envelope
    call: bytes  # nothing: it is too long, and decided here
    at: float
    n: int = 0
    sent_at: float = 0.0
    tried: bool = False  # some node may have done it
    answer: tuple[int, bytes] | None = None


@attrs.define(eq=False)
class _Line:
    stream: str
    id: str = ""
    to: tuple[str, str] | None = None
    next: int = 1
    unsent: bool = False  # some of those that wait came while the owner changed
    waiting: deque[_Sent] = attrs.field(factory=deque)
    moved: trio.Event = attrs.field(factory=trio.Event)


class Lines:
    """`tell` gives a command to the actor here, and `busy` says whether that has not answered all it was
    given; `applied` returns when the stream has been applied up to a sequence, `sequence` says up to where it
    has."""

    def __init__(
        self,
        net: Net,
        owners: Owners,
        nursery: trio.Nursery,
        tell: Tell,
        applied: Callable[[int], Awaitable[None]],
        sequence: Callable[[], int],
        busy: Callable[[str], bool],
    ) -> None:
        self.sent = 0  # commands that went to other nodes
        self._net = net
        self._owners = owners
        self._nursery = nursery
        self._tell = tell
        self._applied = applied
        self._sequence = sequence
        self._busy = busy
        self._lines: dict[str, _Line] = {}
        self._by_id: dict[str, _Line] = {}
        self._outstanding = 0
        self._complaints = Complaints()

    def open(self) -> None:
        self._net.listen(answers_to(self._net.node), self._answered)
        self._net.listen(AGAIN, self._other_connected_again)

    def takes(self, stream: str, envelope: Envelope) -> bool:
        """Whether another node decides it; then it is on its way. Never waits."""
        line = self._lines.get(stream)
        if line is None and self._owners.owner(stream) is None:
            return False
        if self._outstanding >= OUTSTANDING or (line is not None and len(line.waiting) >= OF_A_LINE):
            envelope.reply(OVERLOADED)
            return True
        try:
            call = encode_command(envelope)
        except Unsendable as error:
            self._complaints.say("command_not_sent", stream=stream, problem=str(error))
            envelope.reply(BROKEN)
            return True
        if len(call) > LONGEST:
            if line is None:
                return False  # decided here; the next line waits for it
            call = b""
        sent = _Sent(envelope, call, trio.current_time())
        self._outstanding += 1
        if line is None:
            line = self._lines[stream] = _Line(stream)
            line.waiting.append(sent)
            self._nursery.start_soon(self._drive, line)
        else:
            line.waiting.append(sent)
            ready = call and not line.unsent and line.to is not None
            if ready and self._owners.owner(stream) == line.to:
                self._send(line, sent)
            else:  # never before those that wait to be sent
                line.unsent = True
                self._move(line)
        return True

    def connected_again(self) -> None:
        """What this node sent, and what was sent to it, may be lost: it is said again, here and there."""
        self._net.publish(AGAIN, self._net.node.encode())
        for line in self._lines.values():
            self._doubt(line)

    def _other_connected_again(self, data: bytes) -> None:
        node = data.decode(errors="replace")
        for line in self._lines.values():
            if line.to is not None and line.to[0] == node:
                self._doubt(line)

    def _doubt(self, line: _Line) -> None:
        for sent in line.waiting:
            if sent.n:
                sent.sent_at = -inf
        self._move(line)

    def owners_changed(self) -> None:
        for line in self._lines.values():
            self._move(line)

    async def _drive(self, line: _Line) -> None:
        """Until all its commands are answered."""
        while line.waiting:
            owner = self._leads_to(line)
            if owner is None or not line.waiting[0].call:
                await self._decide_here(line)
                continue
            if owner != line.to:
                if line.to is None and await self._waited(line):
                    continue  # meanwhile the owner may have changed, or nothing be left
                self._begin(line, owner)
            while line.waiting and line.waiting[0].answer is not None:
                await self._finish(line)
            if not line.waiting:
                break
            if self._leads_to(line) != line.to:
                continue  # it changed while an answer waited
            if self._owners.owner(line.stream) == line.to:
                self._send_unsent(line)
            with trio.move_on_at(line.waiting[0].sent_at + RESEND):
                await line.moved.wait()
            if line.moved.is_set():
                line.moved = trio.Event()
            self._send_again(line)
        del self._lines[line.stream]
        self._by_id.pop(line.id, None)
        if line.to is not None:
            self._publish_call(line.to, Call(self._net.node, line.id, line.stream, 0, 0, 0, b""))

    def _leads_to(self, line: _Line) -> tuple[str, str] | None:
        """The owner; the one before it, while that is at work on what it was given: a node that comes takes
        nothing out of the hands of another."""
        owner, before = self._owners.owner(line.stream), line.to
        if before is None or before == owner or not self._owners.able(before):
            return owner
        at_work = any(sent.n and sent.answer is None for sent in line.waiting)
        return before if at_work else owner

    async def _waited(self, line: _Line) -> bool:
        """Waits until this node has answered what it was given while it owned the stream, which nothing newer
        may overtake; what waits too long is refused. False: there was nothing to wait for."""
        if not self._busy(line.stream):
            return False
        while self._busy(line.stream):  # actors tell nobody; it is rare that owners change
            await trio.sleep(LOOK)
            before = trio.current_time() - PATIENCE
            for sent in tuple(line.waiting):
                if sent.answer is None and sent.at < before:
                    line.waiting.remove(sent)
                    self._give_up_one(sent)
        return True

    def _send_unsent(self, line: _Line) -> None:
        if line.unsent:
            line.unsent = False
            for sent in line.waiting:
                if not sent.call:
                    line.unsent = True
                    break
                if sent.n == 0 and sent.answer is None:
                    self._send(line, sent)

    def _send_again(self, line: _Line) -> None:
        """What has waited for its answer for so long. That newer ones are answered, which keeps the line
        awake, is no sign that the answer to the oldest will still come."""
        now = trio.current_time()
        oldest = line.waiting[0]
        if line.to is None or oldest.answer is not None or oldest.sent_at + RESEND > now:
            return
        self._give_up(line)
        if line.to is not None:
            for sent in line.waiting:
                if sent.n and sent.answer is None and sent.sent_at + RESEND <= now:
                    self._send(line, sent)

    def _begin(self, line: _Line, owner: tuple[str, str]) -> None:
        """The line leads to another node, or another life of it."""
        self._by_id.pop(line.id, None)
        line.id, line.to, line.next = new_id(), owner, 1
        self._by_id[line.id] = line
        self._drop_unsafe(line)
        for sent in line.waiting:
            sent.n = 0
        line.unsent = True
        self._send_unsent(line)

    def _drop_unsafe(self, line: _Line) -> None:
        for sent in tuple(line.waiting):
            if sent.answer is None and sent.tried and not repeatable(sent.envelope.command):
                line.waiting.remove(sent)
                self._reply(sent, UNCERTAIN)

    def _give_up(self, line: _Line) -> None:
        before = trio.current_time() - PATIENCE
        while line.waiting and line.waiting[0].answer is None and line.waiting[0].at < before:
            self._give_up_one(line.waiting.popleft())
            if line.to is not None:
                line.to = None  # its number is missing from here on: the line begins anew

    def _give_up_one(self, sent: _Sent) -> None:
        if not sent.tried:
            self._reply(sent, UNAVAILABLE)
        else:
            self._reply(sent, UNSETTLED if repeatable(sent.envelope.command) else UNCERTAIN)

    async def _decide_here(self, line: _Line) -> None:
        """This node owns the stream now, or nobody else can be asked."""
        self._by_id.pop(line.id, None)
        line.to = None
        self._drop_unsafe(line)
        if not line.waiting:
            return
        sent = line.waiting[0]
        if sent.answer is not None:
            await self._finish(line)
            return
        await self._tell(line.stream, sent.envelope)
        line.waiting.popleft()
        self._outstanding -= 1

    async def _finish(self, line: _Line) -> None:
        """Answers the oldest, when what it led to is known here."""
        sent = line.waiting[0]
        assert sent.answer is not None
        sequence, result = sent.answer
        await self._applied(sequence)
        line.waiting.popleft()
        try:
            answer = decode_result(result)
        except Unsendable as error:
            self._complaints.say("node_message_unreadable", stream=line.stream, problem=str(error))
            answer = UNCERTAIN
        self._reply(sent, answer)

    def _reply(self, sent: _Sent, answer: object) -> None:
        self._outstanding -= 1
        sent.envelope.reply(answer)

    def _send(self, line: _Line, sent: _Sent) -> None:
        assert line.to is not None
        if sent.n == 0:
            sent.n = line.next
            line.next += 1
        sent.tried = True
        sent.sent_at = trio.current_time()
        self.sent += 1
        first = next((one.n for one in line.waiting if one.n), sent.n)
        call = Call(self._net.node, line.id, line.stream, sent.n, first, self._sequence(), sent.call)
        self._publish_call(line.to, call)

    def _publish_call(self, to: tuple[str, str], call: Call) -> None:
        self._net.publish(calls_to(to), encode(call))

    def _move(self, line: _Line) -> None:
        line.moved.set()

    def _answered(self, data: bytes) -> None:
        try:
            answer = decode_answer(data)
        except msgspec.MsgspecError as error:
            self._complaints.say("node_message_unreadable", problem=str(error))
            return
        line = self._by_id.get(answer.line)
        if line is None:
            return
        if answer.result is None:
            line.to = None
        else:
            for sent in line.waiting:
                if sent.n == answer.n and sent.answer is None:
                    sent.answer = answer.sequence, answer.result
        self._move(line)
