"""The people and rooms of a measurement on chatd, made through its admin socket.

Members connect with bearer tokens made beforehand, so that no password is hashed while something is
measured, and enter spaces and rooms by their own commands, as people do.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs

from bench.process import Server
from bench.receiver import Crowd, Receiver
from bench.speech import ChatdSpeech
from bench.websocket import Dialogue

AT_ONCE = 32  # handshakes under way together
ASKED_TOGETHER = 50  # requests in one message

Answer = dict[str, Any]


class Refused(Exception):
    """The server said no to something that the benchmark needs."""


class Operator:
    """The admin socket in the data folder: JSON frames, no sign-in."""

    def __init__(self, data: Path, timeout: float = 30) -> None:
        self._dialogue = Dialogue(str(data / "admin.sock"), timeout)
        self._dialogue.ask_upgrade(ChatdSpeech.path, ChatdSpeech.headers)
        self._dialogue.await_upgrade()

    def close(self) -> None:
        self._dialogue.close()

    def ask(self, kind: str, name: str, data: dict[str, object]) -> Answer:
        """One `command` or `query`."""
        return self.ask_many(kind, name, [data])[0]

    def ask_many(self, kind: str, name: str, many: Sequence[dict[str, object]]) -> list[Answer]:
        answers: list[Answer] = []
        for start in range(0, len(many), ASKED_TOGETHER):
            part = many[start : start + ASKED_TOGETHER]
            frames = [json.dumps({"id": i, kind: name, "data": data}) for i, data in enumerate(part)]
            self._dialogue.send("\n".join(frames).encode())
            replies = _replies(self._dialogue, len(part))
            answers += [_result(replies[i], name) for i in range(len(part))]
        return answers


@attrs.frozen
class Member:
    """An account that can connect."""

    account: str
    token: str


@attrs.frozen
class Community:
    """A space, its rooms, and the members who have entered the space."""

    space: str
    rooms: tuple[str, ...]
    members: tuple[Member, ...]


def create_members(operator: Operator, count: int) -> tuple[Member, ...]:
    made = operator.ask_many("command", "account.create", [{"name": f"member{i:05}"} for i in range(count)])
    accounts = [answer["account"]["id"] for answer in made]
    tokens = operator.ask_many("command", "account.token", [{"account": account} for account in accounts])
    return tuple(Member(account, answer["token"]) for account, answer in zip(accounts, tokens, strict=True))


def create_community(server: Server, operator: Operator, members: int, rooms: int = 1) -> Community:
    """Members enter the space in small groups that leave the line again: no storm of join events."""
    people = create_members(operator, members)
    space = operator.ask("command", "space.create", {"name": "Benchmark", "owner": people[0].account})[
        "space"
    ]["id"]
    made = operator.ask_many(
        "command", "room.create", [{"space": space, "name": f"room{i:03}"} for i in range(rooms)]
    )
    code = operator.ask("command", "invite.create", {"space": space})["invite"]["code"]
    for group in connected(server, people[1:]):
        ask_each(group, lambda _: ("invite.accept", {"code": code}))
        for dialogue in group:
            dialogue.close()
    return Community(space, tuple(answer["room"]["id"] for answer in made), people)


def enter_rooms(server: Server, community: Community) -> None:
    """Member i joins room i modulo the number of rooms."""
    rooms = community.rooms
    first = 0
    for group in connected(server, community.members):
        ask_each(group, lambda i, first=first: ("room.join", {"room": rooms[(first + i) % len(rooms)]}))  # type: ignore[misc]
        first += len(group)
        for dialogue in group:
            dialogue.close()


def connect_crowd(
    server: Server,
    receiver: Receiver,
    members: Sequence[Member],
    room: str = "",
    into: Crowd | None = None,
) -> Crowd:
    """The members' live sessions, in the receiver's hands: more of the crowd `into`, or a new one."""
    crowd = into or Crowd(ChatdSpeech(), room)
    for group in connected(server, members):
        for dialogue in group:
            receiver.adopt(crowd, dialogue)
        receiver.turn(0)
    return crowd


def connected(server: Server, members: Sequence[Member]) -> Iterator[list[Dialogue]]:
    """Groups of members with an open session each, in order."""
    for start in range(0, len(members), AT_ONCE):
        group = members[start : start + AT_ONCE]
        dialogues = shake_hands(server, len(group), ChatdSpeech.path, ChatdSpeech.headers)
        ask_each(dialogues, lambda i, group=group: ("session.open", {"token": group[i].token}))  # type: ignore[misc]
        yield dialogues


def shake_hands(server: Server, count: int, path: str, headers: Any) -> list[Dialogue]:
    dialogues = [Dialogue(server.address) for _ in range(count)]
    for dialogue in dialogues:
        dialogue.ask_upgrade(path, headers)
    for dialogue in dialogues:
        dialogue.await_upgrade()
    return dialogues


def ask_each(
    dialogues: Iterable[Dialogue], command: Callable[[int], tuple[str, dict[str, object]]]
) -> list[Answer]:
    """The same question to all at once; `command(i)` gives its name and data for the i-th."""
    asked = list(dialogues)
    names = []
    for i, dialogue in enumerate(asked):
        name, data = command(i)
        names.append(name)
        dialogue.send(ChatdSpeech.request(0, name, **data))
    return [_result(_replies(dialogue, 1)[0], name) for dialogue, name in zip(asked, names, strict=True)]


def _replies(dialogue: Dialogue, count: int) -> dict[int, Answer]:
    """The next `count` replies by their id; events and signals between them are passed over."""
    replies: dict[int, Answer] = {}
    while len(replies) < count:
        for text in dialogue.receive().split(b"\n"):
            frame = json.loads(text)
            if "id" in frame:
                replies[frame["id"]] = frame
    return replies


def _result(reply: Answer, name: str) -> Answer:
    if "error" in reply:
        raise Refused(f"{name}: {reply['error']}")
    result: Answer = reply["result"]
    return result
