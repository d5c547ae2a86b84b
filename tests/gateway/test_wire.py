"""Frames on the wire: what we frame ourselves is what a WebSocket library reads."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from wsproto.frame_protocol import FrameProtocol

from chatd.domain.event import Event
from chatd.frames.codec import JSON, MSGPACK
from chatd.gateway.websocket.connection import WebSocket
from chatd.gateway.websocket.wire import MESSAGE_BYTES, WIRES, Wire


def messages(wire: bytes) -> list[str | bytes]:
    """What a client that follows RFC 6455 reads."""
    protocol = FrameProtocol(client=True, extensions=[])
    protocol.receive_bytes(wire)
    whole: list[str | bytes] = []
    parts: list[str | bytes] = []
    for frame in protocol.received_frames():
        parts.append(frame.payload)
        if frame.frame_finished and frame.message_finished:
            whole.append(parts[0][:0].join(parts))  # type: ignore[arg-type]
            parts = []
    assert not parts
    return whole


@pytest.mark.parametrize("wire", WIRES.values(), ids=WIRES)
@pytest.mark.parametrize("size", [0, 50, 125, 126, 200, 65_000, 70_000])
def test_a_frame_of_any_size_arrives_whole(wire: Wire, size: int) -> None:
    frame = {"id": 1, "result": {"text": "ü" * (size // 2)}}
    (message,) = messages(wire.frames([frame]))
    assert list(wire.form.decode(message)) == [frame]


@pytest.mark.parametrize("wire", WIRES.values(), ids=WIRES)
@pytest.mark.parametrize(("count", "length"), [(100, 9000), (2000, 200)])
def test_a_batch_arrives_in_order_in_messages_of_256_KiB_at_most(wire: Wire, count: int, length: int) -> None:
    """Exactly: some libraries read no byte more unless they are told to (Mojolicious). Line ends count."""
    events = [Event(n, "room/r", n, "message.posted", 0, "a", {}, "x" * length) for n in range(1, count + 1)]
    arrived = messages(wire.events(events))
    assert len(arrived) > 1
    assert max(map(len, arrived)) <= MESSAGE_BYTES == 2**18
    assert [frame for message in arrived for frame in wire.form.decode(message)] == [
        e.frame() for e in events
    ]


async def test_replies_go_out_before_the_events_that_are_written_after_them() -> None:
    """As that to `session.open` does: a client knows its rooms before the first event."""
    written: list[bytes] = []
    stream = SimpleNamespace(
        write=lambda data, at_once=False: written.append(data), schedule_flush=bool, drained=None
    )
    wire = WIRES["chatd.v1.json"]
    websocket = WebSocket(*cast(Any, (None, stream, None, None, wire, None)), bearer=None)
    event = Event(1, "room/r", 1, "message.posted", 0, "a", {}, "hi")
    websocket.send([{"id": 1, "result": {}}])
    websocket.write(wire.events([event]), at_once=True)
    first, second = messages(b"".join(written))
    assert list(wire.form.decode(first)) == [{"id": 1, "result": {}}]
    assert list(wire.form.decode(second)) == [event.frame()]


@pytest.mark.parametrize("form", [JSON, MSGPACK])
def test_batched_frames_are_read_in_order(form: object) -> None:
    frames = [{"id": n} for n in range(5)]
    payload = form.join([form.encode(frame) for frame in frames])  # type: ignore[attr-defined]
    assert list(form.decode(payload.decode() if form is JSON else payload)) == frames  # type: ignore[attr-defined]
