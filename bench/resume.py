"""A client that comes back after 10,000 events, with its cursor: how long until it has them all, in order."""

from __future__ import annotations

import json
import time

from bench.community import Community, Operator, connect_crowd, create_community, enter_rooms, shake_hands
from bench.figure import Figure
from bench.process import Server, chatd_running
from bench.setting import SETTLED, Setting
from bench.speech import ChatdSpeech

TOGETHER = 16
OUTSTANDING = 256


def resume_missed(setting: Setting) -> list[Figure]:
    missed = setting.plan.missed
    title = f"resume of {missed:,} missed events"
    setting.say(title)
    folder = setting.fresh_folder()
    with chatd_running(folder, setting.cores.server) as server:
        operator = Operator(folder)
        community = create_community(server, operator, 2)
        enter_rooms(server, community)
        cursor = _open(server, community.members[1].token)
        _post(setting, server, community, missed)
        seconds = min(_resume(server, community, cursor, missed) for _ in range(setting.plan.rounds))
        operator.close()
    return [
        Figure(title, "until the last one", "s", seconds),
        Figure(title, "events", "1/s", missed / seconds),
    ]


def _open(server: Server, token: str) -> dict[str, object]:
    """The cursor of a client that is up to date, and leaves now."""
    (dialogue,) = shake_hands(server, 1, ChatdSpeech.path, ChatdSpeech.headers)
    with dialogue:
        dialogue.send(ChatdSpeech.request(1, "session.open", token=token))
        opened = json.loads(dialogue.receive().split(b"\n")[0])["result"]
    return {"epoch": opened["epoch"], "position": opened["position"]}


def _post(setting: Setting, server: Server, community: Community, count: int) -> None:
    """`count` messages into the room while the other member is away."""
    receiver = setting.receiver
    crowd = connect_crowd(server, receiver, community.members[:1], community.rooms[0])
    sent = 0

    def refill() -> None:
        nonlocal sent
        while sent < count and sent - crowd.delivered <= OUTSTANDING:
            together = min(TOGETHER, count - sent)
            receiver.post(crowd.taps[0], together)
            sent += together

    refill()
    receiver.until(lambda: crowd.delivered >= count, refill)
    receiver.until_quiet(SETTLED)
    receiver.dismiss(crowd)


def _resume(server: Server, community: Community, cursor: dict[str, object], missed: int) -> float:
    """Seconds from `session.open` to the last missed event. What came is then checked to be whole."""
    (dialogue,) = shake_hands(server, 1, ChatdSpeech.path, ChatdSpeech.headers)
    received: list[bytes] = []
    found = 0
    with dialogue:
        started = time.perf_counter()
        dialogue.send(ChatdSpeech.request(1, "session.open", token=community.members[1].token, cursor=cursor))
        while found < missed:
            message = dialogue.receive()
            found += message.count(ChatdSpeech.delivery)
            received.append(message)
        seconds = time.perf_counter() - started
    frames = [json.loads(text) for message in received for text in message.split(b"\n")]
    seqs = [frame["seq"] for frame in frames if frame.get("event") == "message.posted"]
    if seqs != list(range(seqs[0], seqs[0] + missed)):
        raise AssertionError("the resumed events have gaps or repeats")
    return seconds
