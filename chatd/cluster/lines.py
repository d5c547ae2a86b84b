"""Commands for streams that another node owns: one line for each stream, in order.

What has not been answered is sent again, in order and before anything newer: to the same life of the same
node, which does nothing twice; or to the next owner, where the last one may have done it. So what is not safe
to do twice is then not sent, and whoever asked is told that nobody knows. What is too long to be sent is
decided here, when all before it is answered, and before anything newer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Protocol

import trio

from chatd.actors.runtime.envelope import BROKEN, UNCERTAIN, Envelope
from chatd.cluster.calls import ANSWER, LONGEST, OVERLOADED, Call, answers_to, calls_to
from chatd.cluster.complaints import Complaints
from chatd.cluster.envelopes import Unsendable, decode_result, encode_command
from chatd.cluster.line import Asked, Life, Line
from chatd.cluster.net import Net
from chatd.cluster.node_message import encode

LOOK: Final = 0.01  # seconds
AGAIN: Final = "again"  # the subject on which a node says that it was without a connection
OUTSTANDING: Final = 16_384  # commands of all lines
OUTSTANDING_BYTES: Final = 64 * 2**20
OF_A_LINE: Final = 1024
OF_A_LINE_BYTES: Final = 16 * 2**20

Tell = Callable[[str, Envelope], Awaitable[None]]


class Owners(Protocol):
    def owner(self, stream: str) -> Life | None:
        """Node and life of the owner; None: this node."""

    def able(self, owner: Life) -> bool:
        """Whether this life of a node can decide still, be it the owner or not."""


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
        self._lines: dict[str, Line] = {}
        self._by_id: dict[str, Line] = {}
        self._outstanding = self._outstanding_bytes = 0
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
            envelope.reply(OVERLOADED)  # before its bytes are made
            return True
        try:
            call = encode_command(envelope)
        except Unsendable as error:
            self._complaints.say("command_not_sent", stream=stream, problem=str(error))
            envelope.reply(BROKEN)
            return True
        if len(call) > LONGEST and line is None:
            return False  # decided here; the next line waits for it
        size = len(call)
        of_a_line = 0 if line is None else line.size
        if self._outstanding_bytes + size > OUTSTANDING_BYTES or of_a_line + size > OF_A_LINE_BYTES:
            envelope.reply(OVERLOADED)
            return True
        one = Asked(envelope, call if size <= LONGEST else b"", size, trio.current_time())
        self._outstanding += 1
        self._outstanding_bytes += size
        if line is None:
            line = self._lines[stream] = Line(stream)
            line.add(one)
            self._nursery.start_soon(self._drive, line)
        else:
            line.add(one)
            ready = one.call and not line.unsent and line.to is not None
            if ready and self._owners.owner(stream) == line.to:
                self._send(line, one)
            else:  # never before those that wait to be sent
                line.unsent = True
                line.moved.set()
        return True

    def connected_again(self) -> None:
        """What this node sent, and what was sent to it, may be lost: it is said again, here and there."""
        self._net.publish(AGAIN, self._net.node.encode())
        for line in self._lines.values():
            line.send_anew()

    def _other_connected_again(self, data: bytes) -> None:
        node = data.decode(errors="replace")
        for line in self._lines.values():
            if line.to is not None and line.to[0] == node:
                line.send_anew()

    def owners_changed(self) -> None:
        for line in self._lines.values():
            line.moved.set()

    async def _drive(self, line: Line) -> None:
        """Until all its commands are answered."""
        while line.waiting:
            owner = self._leads_to(line)
            if owner is None or not line.oldest.call:
                await self._decide_here(line)
                continue
            if owner != line.to:
                if line.to is None and await self._waited(line):
                    continue  # meanwhile the owner may have changed, or nothing be left
                self._begin(line, owner)
            while line.waiting and line.oldest.answer is not None:
                await self._finish(line)
            if not line.waiting:
                break
            if line.to is not None and self._owners.owner(line.stream) == line.to:
                self._send_unsent(line)  # both may have changed while an answer waited
            with trio.move_on_at(line.oldest.again_at):
                await line.moved.wait()
            if line.moved.is_set():
                line.moved = trio.Event()
            self._send_again(line)
        del self._lines[line.stream]
        self._by_id.pop(line.id, None)
        if line.to is not None:
            self._publish_call(line.to, Call(self._net.node, line.id, line.stream, 0, 0, 0, b""))

    def _leads_to(self, line: Line) -> Life | None:
        """The owner; the one before it, while that is at work on what it was given: a node that comes takes
        nothing out of the hands of another."""
        owner, before = self._owners.owner(line.stream), line.to
        if before is None or before == owner or not self._owners.able(before):
            return owner
        return before if line.at_work else owner

    async def _waited(self, line: Line) -> bool:
        """Waits until this node has answered what it was given while it owned the stream, which nothing newer
        may overtake; what waits too long is refused. False: there was nothing to wait for."""
        if not self._busy(line.stream):
            return False
        while self._busy(line.stream):  # actors tell nobody; it is rare that owners change
            await trio.sleep(LOOK)
            self._give_up(line.take_hopeless())
        return True

    def _send_unsent(self, line: Line) -> None:
        if line.unsent:
            for one in line.take_unsent():
                self._send(line, one)

    def _send_again(self, line: Line) -> None:
        """What has waited for its answer for so long. That newer ones are answered, which keeps the line
        awake, is no sign that the answer to the oldest will still come."""
        late = line.late()
        if line.to is None or line.oldest not in late:
            return
        if hopeless := line.take_hopeless():
            self._give_up(hopeless)
            line.to = None  # their numbers are missing from here on: the line begins anew
        else:
            for one in late:
                self._send(line, one)

    def _begin(self, line: Line, owner: Life) -> None:
        self._by_id.pop(line.id, None)
        line.begin(owner)
        self._by_id[line.id] = line
        self._drop_unsafe(line)
        self._send_unsent(line)

    def _drop_unsafe(self, line: Line) -> None:
        for one in line.take_unsafe():
            self._reply(one, UNCERTAIN)

    def _give_up(self, hopeless: Sequence[Asked]) -> None:
        for one in hopeless:
            self._reply(one, one.hopeless)

    async def _decide_here(self, line: Line) -> None:
        """This node owns the stream now, or nobody else can be asked."""
        self._by_id.pop(line.id, None)
        line.to = None
        self._drop_unsafe(line)
        if not line.waiting:
            return
        one = line.oldest
        if one.answer is not None:
            await self._finish(line)
            return
        await self._tell(line.stream, one.envelope)
        self._gone(line.take_oldest())

    async def _finish(self, line: Line) -> None:
        """Answers the oldest, when what it led to is known here."""
        one = line.oldest
        assert one.answer is not None
        sequence, result = one.answer
        await self._applied(sequence)
        line.take_oldest()
        try:
            answer = decode_result(result)
        except Unsendable as error:
            self._complaints.say("node_message_unreadable", stream=line.stream, problem=str(error))
            answer = UNCERTAIN
        self._reply(one, answer)

    def _reply(self, one: Asked, answer: object) -> None:
        self._gone(one)
        one.envelope.reply(answer)

    def _gone(self, one: Asked) -> None:
        self._outstanding -= 1
        self._outstanding_bytes -= one.size

    def _send(self, line: Line, one: Asked) -> None:
        assert line.to is not None
        line.give_number(one)
        self.sent += 1
        call = Call(self._net.node, line.id, line.stream, one.n, line.first, self._sequence(), one.call)
        self._publish_call(line.to, call)

    def _publish_call(self, to: Life, call: Call) -> None:
        self._net.publish(calls_to(to), encode(call))

    def _answered(self, data: bytes) -> None:
        answer = ANSWER.read(data, self._complaints)
        if answer is not None and (line := self._by_id.get(answer.line)) is not None:
            self._outstanding_bytes += line.answered(answer)
