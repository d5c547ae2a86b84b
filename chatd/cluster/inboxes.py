"""Commands of other nodes for streams that this one owns: each line's in order, and none of them twice.

A command that comes again is answered as before. One that comes before its turn is passed over: what was lost
comes again, and so does this. A node that stops answers what it has; what it cannot decide any more it leaves
to the next owner, and says nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

import attrs
import msgspec
import trio

from chatd.actors.runtime.envelope import BROKEN, STOPPING, UNCERTAIN, UNSETTLED, Envelope
from chatd.cluster.calls import CALL, LONGEST, OVERLOADED, Answer, Call, answers_to, calls_to
from chatd.cluster.complaints import Complaints
from chatd.cluster.envelopes import Unsendable, decode_command, encode_result
from chatd.cluster.net import Net
from chatd.cluster.node_message import encode
from chatd.contract.errors import Refusal
from chatd.tracing import tracing

OF_A_LINE: Final = 1024  # commands that wait
MOST_INBOXES: Final = 65_536
HELD: Final = 64 * 2**20  # bytes of commands that are not answered, and of answers that may be asked for
ASKED_FOR: Final = 60.0  # seconds for which an answer may be asked for again
LATE: Final = 0.1  # seconds that a command or an answer may be on its way
LOOK: Final = 0.01
KEPT_SECONDS: Final = 120.0  # that answers are kept for a line of which nothing is heard

Tell = Callable[[str, Envelope], Awaitable[None]]


@attrs.define(eq=False)
class _Inbox:
    """Of a line that another node keeps."""

    stream: str
    expected: int = 1
    calls: deque[Call] = attrs.field(factory=deque)
    answers: dict[int, bytes] = attrs.field(factory=dict)
    used: float = 0.0
    busy: bool = False


class Inboxes:
    """`tell` gives a command to the actor here; `applied` returns when the stream has been applied up to a
    sequence, `sequence` says up to where it has. `missed` says whether others may have missed this node until
    just now: of what they sent to it then, another owner may have done some. `life`: of this node; its next
    one knows no line of it, so what is sent to this one must not reach that."""

    def __init__(
        self,
        net: Net,
        life: str,
        nursery: trio.Nursery,
        tell: Tell,
        applied: Callable[[int], Awaitable[None]],
        sequence: Callable[[], int],
        missed: Callable[[], bool],
    ) -> None:
        self._net = net
        self._life = life
        self._nursery = nursery
        self._tell = tell
        self._applied = applied
        self._sequence = sequence
        self._missed = missed
        self._inboxes: dict[str, _Inbox] = {}
        self._unanswered = 0
        self._held = 0
        self._moved_at = 0.0
        self._finishing = self._closed = False
        self._complaints = Complaints()

    def open(self) -> None:
        self._net.listen(calls_to((self._net.node, self._life)), self._called)

    async def finish(self) -> None:
        """Returns when all is answered that others gave to this node, which they know to be leaving, and
        nothing more is on its way. What is not known here any more, the next owner finds out."""
        self._finishing = True
        self._moved_at = trio.current_time()
        while self._unanswered or trio.current_time() < self._moved_at + LATE:  # noqa: ASYNC110
            await trio.sleep(LOOK)

    def close(self) -> None:
        """Takes nothing any more."""
        self._closed = True

    def _called(self, data: bytes) -> None:
        if self._closed or self._missed():  # what is wanted still comes again
            return
        if (call := CALL.read(data, self._complaints)) is None:
            return
        inbox = self._inboxes.get(call.line)
        if call.n == 0:  # the line has ended
            if inbox is not None and not inbox.busy:
                self._forget(call.line)
        elif inbox is not None or (inbox := self._opened(call)) is not None:
            self._received(inbox, call)

    def _opened(self, call: Call) -> _Inbox | None:
        """For a new line, which begins with its first command; None: there is none for it."""
        if call.n != 1:
            if call.first > 1:  # else the first one was lost, and comes again
                self._net.publish(answers_to(call.sender), encode(Answer(call.line, call.n, 0, None)))
            return None
        if len(self._inboxes) >= MOST_INBOXES:
            self._tidy(ASKED_FOR)
            if len(self._inboxes) >= MOST_INBOXES:
                return None
        inbox = self._inboxes[call.line] = _Inbox(call.stream)
        return inbox

    def _received(self, inbox: _Inbox, call: Call) -> None:
        inbox.used = trio.current_time()
        if call.n < inbox.expected:
            if (known := inbox.answers.get(call.n)) is not None:
                self._net.publish(answers_to(call.sender), known)
            return
        if call.n > inbox.expected or len(inbox.calls) >= OF_A_LINE:
            return  # one before it was lost; both come again
        inbox.expected += 1
        for n in [n for n in inbox.answers if n < call.first]:
            self._held -= len(inbox.answers.pop(n))
        self._moved_at = trio.current_time()
        if not self._has_room(len(call.command)):
            self._say(inbox, call, encode_result(OVERLOADED))
            return
        inbox.calls.append(call)
        self._unanswered += 1
        self._held += len(call.command)
        if not inbox.busy:
            inbox.busy = True
            self._nursery.start_soon(self._carry_out, inbox)

    def _has_room(self, size: int) -> bool:
        """For a command of so many bytes."""
        if self._held + size > HELD:
            self._tidy(ASKED_FOR)
        return self._held + size <= HELD

    async def _carry_out(self, inbox: _Inbox) -> None:
        while inbox.calls and not self._closed:
            call = inbox.calls.popleft()

            def reply(answer: object, call: Call = call) -> None:
                self._answer(inbox, call, answer)

            try:
                envelope = decode_command(call.command, reply)
            except Unsendable as error:
                self._complaints.say("node_message_unreadable", problem=str(error))
                self._answer(inbox, call, BROKEN)
                continue

            await self._applied(call.sequence)
            await self._tell(call.stream, _traced(envelope))
        inbox.busy = False

    def _answer(self, inbox: _Inbox, call: Call, answer: object) -> None:
        self._unanswered -= 1
        self._held -= len(call.command)
        self._moved_at = trio.current_time()
        if answer == STOPPING or (self._finishing and answer in (UNSETTLED, UNCERTAIN)):
            return
        try:
            result = encode_result(answer)
        except Unsendable as error:
            self._complaints.say("command_not_sent", stream=call.stream, problem=str(error))
            result = encode_result(UNCERTAIN)
        if len(result) > LONGEST:
            result = encode_result(UNCERTAIN)
        self._say(inbox, call, result)

    def _say(self, inbox: _Inbox, call: Call, result: bytes) -> None:
        encoded = encode(Answer(call.line, call.n, self._sequence(), result))
        if self._inboxes.get(call.line) is inbox:
            inbox.answers[call.n] = encoded
            self._held += len(encoded)
        inbox.used = trio.current_time()
        self._net.publish(answers_to(call.sender), encoded)

    async def run(self) -> None:
        """For ever: forgets lines of which nothing is heard."""
        while True:
            await trio.sleep(KEPT_SECONDS / 4)
            self._tidy(KEPT_SECONDS)

    def _tidy(self, seconds: float) -> None:
        before = trio.current_time() - seconds
        for line, inbox in tuple(self._inboxes.items()):
            if inbox.used <= before and not inbox.busy:
                self._forget(line)

    def _forget(self, line: str) -> None:
        self._held -= sum(map(len, self._inboxes.pop(line).answers.values()))


def _traced(envelope: Envelope) -> Envelope:
    """Its answer ends what a trace shows of it here."""
    if envelope.asked is None or envelope.asked.span is None:
        return envelope
    span = envelope.asked.span

    def reply(answer: object) -> None:
        tracing.end(span, answer.code if isinstance(answer, Refusal) else "ok")
        envelope.reply(answer)

    return msgspec.structs.replace(envelope, reply=reply)
