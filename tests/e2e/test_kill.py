"""kill -9, again and again, while several clients talk: nothing that was acknowledged is lost."""

from __future__ import annotations

import itertools
import random
import threading
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from websockets.exceptions import WebSocketException

from . import companions
from .conftest import Serve
from .serving import Server
from .talking import JSON, MSGPACK, Client, Frame, history
from .town import Account, Town

KILLS = 8 if companions.ON else 50  # of all nodes at once
SEED = 20251121
OUTSTANDING = 4  # posts that each client has under way

Seen = tuple[str, int, int, int, str, str]  # room, seq, position, at, by, text


class Talker(threading.Thread):
    """A client that posts without end, posts again what was not acknowledged, and resumes where it was."""

    def __init__(
        self, name: str, server: Server, account: Account, rooms: list[str], subprotocol: str
    ) -> None:
        super().__init__(name=name, daemon=True)
        self.server, self.account, self.rooms, self.subprotocol = server, account, rooms, subprotocol
        self.random = random.Random(f"{SEED} {name}")
        self.sent: dict[str, list[str]] = {room: [] for room in rooms}
        self.unanswered: dict[str, str] = {}  # text, which is its nonce too, -> room; oldest first
        self.acknowledged: dict[str, Frame] = {}
        self.events: list[Frame] = []
        self.cursor: Frame | None = None
        self.sessions = 0
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            while not over.is_set():
                up.wait(1)
                with suppress(WebSocketException, OSError, EOFError):
                    try:
                        self._session()
                    except TimeoutError:
                        raise AssertionError("a request got no answer") from None
        except BaseException as error:
            self.error = error
            all_answered.abort()

    def _session(self) -> None:
        client = Client.dial(self.server, self.subprotocol)
        try:
            client.open(self.account.token, self.cursor)
            assert client.opened["resumed"] is (self.cursor is not None)
            self.cursor = self.cursor or client.cursor
            self.sessions += 1
            client.events = self.events
            waiting = {self._post(client, text): text for text in list(self.unanswered)}
            while waiting or not stopping.is_set():
                while len(waiting) < OUTSTANDING and not stopping.is_set():
                    text = self._compose()
                    waiting[self._post(client, text)] = text
                client.receive()
                self._note(client, waiting)
            all_answered.wait(60)
            client.catch_up()
            over.set()
        finally:
            if self.events:
                self.cursor = {**(self.cursor or {}), "position": self.events[-1]["position"]}
            client.close()

    def _compose(self) -> str:
        room = self.random.choice(self.rooms)
        text = f"{self.name}-{sum(map(len, self.sent.values()))}"
        self.sent[room].append(text)
        self.unanswered[text] = room
        return text

    def _post(self, client: Client, text: str) -> int:
        padding = " " + "🦊" * (len(text) * 7 % 40)
        return client.send("message.post", room=self.unanswered[text], text=text + padding, nonce=text)

    def _note(self, client: Client, waiting: dict[int, str]) -> None:
        for id_ in [id_ for id_ in client.replies if id_ in waiting]:
            text, reply = waiting.pop(id_), client.replies.pop(id_)
            assert "result" in reply, reply
            room = self.unanswered.pop(text)
            self.acknowledged[text] = {"room": room, **reply["result"]}
            with progress:
                progress.notify_all()

    def seen(self, room: str) -> list[Seen]:
        stream = f"room/{room}"
        return [
            (room, e["seq"], e["position"], e["at"], e["by"], e["data"]["text"])
            for e in self.events
            if e["stream"] == stream and e["event"] == "message.posted"
        ]


up, stopping, over = threading.Event(), threading.Event(), threading.Event()
progress = threading.Condition()
all_answered = threading.Barrier(1)


def as_seen(room: str, messages: list[Frame]) -> list[Seen]:
    return [(room, m["seq"], m["position"], m["at"], m["by"], m["text"]) for m in messages]


def kill_at_a_random_moment(
    server: Server, chance: random.Random, talkers: list[Talker], check: Callable[[], None]
) -> None:
    """Mostly after a check and some acknowledgements; at times just after the start, or in its middle."""
    kind, pause = chance.random(), threading.Event()
    if kind < 0.1:
        server.launch()
        pause.wait(chance.uniform(0.05, 1.0))
        server.kill()
        return
    server.start()
    up.set()
    if kind > 0.2:
        check()
        acknowledge_more(talkers, chance.randint(1, 150), server)
    pause.wait(chance.uniform(0, 0.02))
    up.clear()
    server.kill()


def acknowledge_more(talkers: list[Talker], count: int, server: Server) -> None:
    """Waits for so many acknowledgements."""

    def acknowledged() -> int:
        return sum(len(talker.acknowledged) for talker in talkers)

    goal = acknowledged() + count
    with progress:
        enough = progress.wait_for(lambda: acknowledged() >= goal or any(t.error for t in talkers), 60)
    assert enough, f"no progress for 60 s; the server said:\n{server.output()}"


@pytest.fixture
def tmp_path(disk: Path) -> Path:
    return disk


@pytest.mark.timeout(240)
def test_kills_under_load_lose_nothing_double_nothing_and_keep_the_order(serve: Serve) -> None:
    global all_answered
    chance = random.Random(SEED)
    server = serve()
    town = Town(server)
    rooms = [town.room(f"Room {n}") for n in range(3)]
    accounts = [town.member(*rooms) for _ in range(3)]
    talkers = [
        Talker(f"talker{n}", server, account, rooms, (JSON, MSGPACK)[n % 2])
        for n, account in enumerate([*accounts, accounts[0]])  # two of them are devices of one account
    ]
    all_answered = threading.Barrier(len(talkers))
    for flag in (stopping, over):
        flag.clear()
    town.close()
    server.kill()
    for talker in talkers:
        talker.start()
    known: dict[str, list[Seen]] = defaultdict(list)

    def check() -> None:
        """What has come since the last look continues what was there, and holds every acknowledged post."""
        acknowledged = {
            text: result for talker in talkers for text, result in talker.acknowledged.copy().items()
        }
        client = Client.dial(server, MSGPACK).open(town.owner.token)
        for room in rooms:
            last = known[room][-1][1] if known[room] else 0
            known[room] += as_seen(room, history(client, room, last))
        client.close()
        places = {seen[5].split()[0]: seen for room in rooms for seen in known[room]}
        assert sum(map(len, known.values())) == len(places), "a message is there twice"
        for text, result in acknowledged.items():
            assert places[text][:4] == (result["room"], result["seq"], result["position"], result["at"])

    try:
        for kill in range(KILLS):
            kill_at_a_random_moment(server, chance, talkers, check)
            for talker in talkers:
                assert talker.error is None, f"after {kill + 1} kills: {talker.error!r}"
        server.start()
        up.set()
        stopping.set()
        for talker in talkers:
            talker.join(30)
            assert not talker.is_alive(), f"{talker.name} hangs"
            assert talker.error is None, talker.error
    finally:
        over.set()
        up.set()

    known.clear()
    check()
    town.reconnect()
    town.assert_sound()
    for talker in talkers:
        assert talker.sessions > KILLS / 3
        assert not talker.unanswered
        positions = [event["position"] for event in talker.events]
        assert all(earlier < later for earlier, later in itertools.pairwise(positions))
        for room in rooms:
            assert talker.seen(room) == known[room]
            seqs = [event["seq"] for event in talker.events if event["stream"] == f"room/{room}"]
            assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))
            mine = [seen[5].split()[0] for seen in known[room] if seen[5].startswith(f"{talker.name}-")]
            assert mine == talker.sent[room]
    town.close()
