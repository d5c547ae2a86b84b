"""Every way in gives the same: three servers live the same life, one over the WebSocket, the others over REST
and GraphQL.

For every row of the table everybody asks what it takes, and it is asked wrongly in every way that it can be.
Each answer must be the first server's, but for what each server makes up itself: ids, times, secrets.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from functools import lru_cache
from typing import Any, Protocol

import attrs
import pytest
from fuzz.requests_drawn import drawn_data
from hypothesis import find
from msgspec.structs import fields as fields_of
from websockets.exceptions import ConnectionClosed

from chatd.contract.requests import REQUESTS
from chatd.contract.spec import RequestType
from chatd.gateway.graphql.schema import PROFILE_OF, PROFILES_OF

from . import graphs
from .authenticator import Authenticator
from .conftest import ended_well
from .push_place import Browser
from .resting import Rest, error_of
from .serving import Server
from .talking import Client, Frame
from .town import Account, Town

TIMES = ("at", "since", "until", "last_seen")  # how the names of such fields end
# Who has no session has no presence either: REST is told so.
OF_A_SESSION = ("presence.set", "presence.watch")
PASSWORD = "a right horse with a battery"
LATER = int(time.time() * 1000) + 86_400_000  # Unix milliseconds
ASKERS = ("stranger", "outsider", "member", "owner", "admin")

# What ends something comes when everybody has asked all the rest.
LAST = (
    *("import.finish", "import.undo", "message.unschedule", "message.delete"),
    *("room.leave", "room.archive", "room.unarchive", "room.delete", "direct.decline", "direct.leave"),
    *("member.erase_messages", "member.kick", "member.ban", "member.unban", "space.leave", "space.delete"),
    *("bot.update", "bot.token", "bot.delete", "account.set_admin", "account.disable", "account.enable"),
    *("account.erase", "account.change_password", "device.revoke", "device.revoke_others"),
    *("account.sign_out", "account.delete"),
)
# What ends sessions: whoever is connected connects again.
ENDING = frozenset(LAST[LAST.index("space.delete") :]) | {"account.set_password"}


LINKS = {*PROFILE_OF.values(), *PROFILES_OF.values()}


class World:
    """A server, those who ask it, and what there is to be asked for."""

    def __init__(self, server: Server) -> None:
        town = self.town = Town(server)
        self.space, self.code = town.space, town.code
        self.room = town.room("Square")
        self.accounts: dict[str, Account] = {
            "owner": town.owner,
            "member": town.member(self.room, name="member"),
            "outsider": town.account("outsider"),
            "admin": town.account("admin", admin=True),
        }
        for account in self.accounts.values():
            town.operator.ask("account.set_password", account=account.id, password=PASSWORD)
        for who, account in self.accounts.items():
            token = town.operator.ask("account.token", account=account.id)["token"]
            self.accounts[who] = attrs.evolve(account, token=token)
        self.friend = town.member(self.room, name="friend")
        member = self.accounts["member"]
        with closing(town.open(member)) as visit:
            self.seq = visit.ask("message.post", room=self.room, text="hello everybody")["seq"]
            self.bot = visit.ask("bot.create", name="Rex", scopes=["read"])["account"]["id"]
            self.scheduled = visit.ask("message.schedule", room=self.room, text="later", post_at=LATER)[
                "scheduled"
            ]["id"]
        self.device_keys = Authenticator(f"http://localhost:{town.server.port}")
        self.passkey = self._with_passkey(member, self.device_keys)
        self._with_passkey(self.friend, Authenticator(self.device_keys.origin))
        with closing(town.open(self.friend)) as friend:
            self.report = self._report(friend)
            self.device = friend.ask("device.list")["devices"][0]["id"]
            self.direct = friend.ask("direct.open", accounts=[member.id])["room"]["id"]
            friend.ask("message.post", room=self.direct, text="hello you")
        self.refresh = self._signed_up()
        begun = town.operator.ask("import.begin", space=self.space, format="slack", source="slack:T1")
        self.import_ = begun["import"]
        here = {"key": "C0", "name": "here", "kind": "public", "room": self.room}
        town.operator.ask("import.add_rooms", **{"import": self.import_}, rooms=[here])
        self._numbers = itertools.count(1)

    def _report(self, friend: Client) -> str:
        friend.ask("message.report", room=self.room, seq=self.seq, reason="rude")
        (report,) = self.town.operator.ask("report.list", space=self.space)["reports"]
        return str(report["id"])

    def _signed_up(self) -> str:
        visitor = self.town.dial()
        return str(visitor.ask("account.sign_up", name="visitor", password=PASSWORD)["refresh_token"])

    def _with_passkey(self, account: Account, device: Authenticator) -> str:
        given = {} if account == self.friend else {"password": PASSWORD}
        with closing(self.town.open(account)) as client:
            made = device.make(client.ask("passkey.begin", **given))
            return str(client.ask("passkey.add", **made)["passkey"]["id"])

    def made(self) -> Frame:
        """Another passkey of the member, not yet added."""
        with closing(self.town.open(self.accounts["member"])) as client:
            begun = client.ask("passkey.begin", password=PASSWORD)
        return Authenticator(self.device_keys.origin).make(begun)

    def signed(self) -> Frame:
        """A proof of the member's passkey."""
        with closing(self.town.dial()) as client:
            return self.device_keys.sign(client.ask("account.passkey_begin"))

    def fresh(self, word: str) -> str:
        return f"{word}{next(self._numbers)}"


Value = Callable[[World], object]

# What fields hold that a request must have, by their names; and where it differs, by those of requests.
FIELDS: dict[str, Value] = {
    "space": lambda world: world.space,
    "room": lambda world: world.room,
    "seq": lambda world: world.seq,
    "account": lambda world: world.friend.id,
    "accounts": lambda world: [world.friend.id],
    "name": lambda world: world.fresh("name"),
    "display_name": lambda world: world.fresh("Shown "),
    "password": lambda world: PASSWORD,
    "old": lambda world: PASSWORD,
    "new": lambda world: f"{PASSWORD} and a dog",
    "code": lambda world: world.code,
    "text": lambda world: world.fresh("text "),
    "reason": lambda world: "because",
    "emoji": lambda world: "👍",
    "image": lambda world: "https://example.org/party.png",
    "role": lambda world: "moderator",
    "right": lambda world: "message.post",
    "admin": lambda world: False,
    "state": lambda world: "away",
    "ids": lambda world: ["none"],
    "scopes": lambda world: ["read"],
    "post_at": lambda world: LATER,
    "scheduled": lambda world: world.scheduled,
    "report": lambda world: world.report,
    "device": lambda world: world.device,
    "passkey": lambda world: world.passkey,
    "issuer": lambda world: "https://example.org",
    "subject": lambda world: "nobody",
    "refresh_token": lambda world: world.refresh,
    "endpoint": lambda world: "https://push.example.org/somebody",
    "import": lambda world: world.import_,
    "format": lambda world: "slack",
    "source": lambda world: "slack:T1",
    "people": lambda world: [{"key": world.fresh("U"), "name": world.fresh("mover")}],
    "rooms": lambda world: [{"key": world.fresh("C"), "name": world.fresh("Moved "), "kind": "public"}],
    "messages": lambda world: [{"key": world.fresh("1."), "by": world.friend.id, "at": 1, "text": "hi"}],
    "keys": lambda world: Browser("https://push.example.org").keys,
    "path": lambda world: str(world.town.server.data.with_name("copy.db")),
}
OF_REQUESTS: dict[str, dict[str, Value]] = {
    "import.find": {"keys": lambda world: ["1.1"]},
    "account.get": {"account": FIELDS["account"]},
    "account.sign_in": {"name": lambda world: world.accounts["member"].name},
    "message.search": {"text": lambda world: "hello"},
    "room.update": {"topic": FIELDS["text"]},
    "room.override": {"role": lambda world: "guest", "allow": lambda world: False},
    "space.update": {"description": FIELDS["text"]},
    "account.update": {"about": FIELDS["text"]},
    **{f"direct.{verb}": {"room": lambda world: world.direct} for verb in ("accept", "decline", "leave")},
    "account.rename": {"password": FIELDS["password"]},
    "account.delete": {"password": FIELDS["password"]},
    "emoji.add": {"name": lambda world: "party"},
    "import.add_emoji": {"name": lambda world: "wave"},
    "emoji.remove": {"name": lambda world: "party"},
    "cluster.remove_node": {"node": lambda world: "gone"},
    "view.rebuild": {"name": lambda world: "search"},
    "subscription.update": {"level": lambda world: "all"},
    "preferences.update": {"time_zone": lambda world: "Europe/Berlin"},
    "bot.update": {"account": lambda world: world.bot},
    "bot.token": {"account": lambda world: world.bot},
    "bot.delete": {"account": lambda world: world.bot},
    "passkey.begin": {"password": FIELDS["password"]},
    "passkey.remove": {"password": FIELDS["password"]},
    "totp.confirm": {"code": lambda world: "000000"},
    "totp.remove": {"code": lambda world: "000000"},
}


# Requests whose fields belong together.
PROOFS: dict[str, Callable[[World], Frame]] = {
    "passkey.add": lambda world: world.made(),
    "account.passkey_sign_in": lambda world: world.signed(),
}


def data_of(world: World, row: RequestType) -> Frame:
    """A request in order. Of a field that has no value above, the least that its type allows."""
    if row.name in PROOFS:
        return PROOFS[row.name](world)
    own = OF_REQUESTS.get(row.name, {})
    needed = [field.encode_name for field in fields_of(row.request) if field.required]
    given = {**FIELDS, **own}
    return {
        name: given[name](world) if name in given else least(row)[name]
        for name in dict.fromkeys((*needed, *own))
    }


@lru_cache
def least(row: RequestType) -> Frame:
    return find(drawn_data(row), lambda data: True)


def wrong_data(world: World, row: RequestType) -> Iterator[Frame]:
    """Requests that are none: a field too few, one too many, one of another type, one beyond its limits."""
    data, in_path = data_of(world, row), row.http.fields
    yield {**data, "no_such_field": 1}
    for name in data.keys() - set(in_path):
        yield {key: value for key, value in data.items() if key != name}
    for field in fields_of(row.request):
        name = field.encode_name
        in_body = row.http.has_body and name not in in_path
        yield {**data, name: "x" * (20_000 if in_body else 5_000)}
        if in_body:
            yield {**data, name: [{}]}


class Twins:
    """What one server says, and what the other one does: the same, where it is not made up."""

    def __init__(self) -> None:
        self._others: dict[str, str] = {}  # what the one server made up -> what the other one did
        self._back: dict[str, str] = {}

    def compare(self, one: Any, other: Any, where: str) -> None:
        """`one`: what came over the WebSocket."""
        assert type(one) is type(other), (where, one, other)
        if isinstance(one, dict):
            assert one.keys() == other.keys(), (where, one, other)
            for key in one:
                self.compare(one[key], other[key], f"{where}.{key}")
        elif where.startswith("server."):
            pass  # what it says of itself at a moment
        elif isinstance(one, list):
            assert len(one) == len(other), (where, one, other)
            for index, pair in enumerate(zip(one, other, strict=True)):
                self.compare(*pair, f"{where}[{index}]")
        elif isinstance(one, str):
            if one != other:
                assert self._others.setdefault(one, other) == other, (where, one, other)
                assert self._back.setdefault(other, one) == one, (where, one, other)
        elif isinstance(one, int) and not where.endswith(TIMES):
            assert one == other, (where, one, other)


class ShapedTwins(Twins):
    """GraphQL says null of what is not there, shows the profiles of accounts besides, and says in its own
    words what is wrong with arguments."""

    def compare(self, one: Any, other: Any, where: str) -> None:
        if isinstance(one, dict) and isinstance(other, dict):
            if (
                isinstance(error := other.get("error"), dict) and error["code"] == "invalid"
            ):  # it is found before anything is asked
                assert "error" in one, (where, one, other)
                return
            shown = {key for key in one if one[key] is not None}
            assert {key for key in other if other[key] is not None} - shown <= LINKS, (where, one, other)
            one, other = {key: one[key] for key in shown}, {key: other.get(key) for key in shown}
        super().compare(one, other, where)


class Way(Protocol):
    """A way to ask a world. Gives the result, or the error, as a frame would have it. `twins`: compare it."""

    twins: type[Twins]

    def ask(self, who: str, name: str, data: Frame) -> Frame: ...
    def connect_again(self) -> None: ...


class OverWebSocket:
    twins = Twins

    def __init__(self, world: World) -> None:
        self._world = world
        self._clients: dict[str, Client] = {}

    def ask(self, who: str, name: str, data: Frame) -> Frame:
        if who not in self._clients or name == "session.open":
            opened = self._connect(who, None if name == "session.open" else {})
            if "error" in opened or name == "session.open":
                return opened
        client = self._clients.pop(who) if who == "stranger" else self._clients[who]
        frame = client.reply(client.send(name, **data))
        if who == "stranger":  # who opens no session is not waited for long
            client.close()
        return {key: value for key, value in frame.items() if key != "id"}

    def _connect(self, who: str, opened: Frame | None) -> Frame:
        account = self._world.accounts.get(who)
        client = self._world.town.dial(token=None if account is None else account.token)
        if account is None and opened is not None:
            self._clients[who] = client
            return {}
        frame = client.reply(client.send("session.open"))
        if "result" in frame and opened is not None:
            self._clients[who] = client
        else:
            client.close()
        return {key: value for key, value in frame.items() if key != "id"}

    def connect_again(self) -> None:
        for client in self._clients.values():
            with suppress(ConnectionClosed):
                client.close()
        self._clients.clear()


class OverRest:
    """Has a session beside it, as the other way has: with it the account is present."""

    twins = Twins

    def __init__(self, world: World) -> None:
        self._world = world
        self._beside = OverWebSocket(world)
        self._clients: dict[str, Rest] = {}

    def ask(self, who: str, name: str, data: Frame) -> Frame:
        if who not in self._clients:
            account = self._world.accounts.get(who)
            self._clients[who] = Rest(self._world.town.server, None if account is None else account.token)
            if account is not None:
                self._beside.ask(who, "space.list", {})
        answer = self._clients[who].asked(name, data)
        return {"result": answer.json} if answer.status < 300 else {"error": error_of(answer.json)}

    def connect_again(self) -> None:
        self._beside.connect_again()
        for client in self._clients.values():
            client.close()
        self._clients.clear()


class OverGraphQL:
    """Asks every field that a result has; as over REST, a session stands beside it."""

    twins = ShapedTwins

    def __init__(self, world: World) -> None:
        self._world = world
        self._beside = OverWebSocket(world)
        self._known: set[str] = set()

    def ask(self, who: str, name: str, data: Frame) -> Frame:
        account = self._world.accounts.get(who)
        if account is not None and who not in self._known:
            self._known.add(who)
            self._beside.ask(who, "space.list", {})
        return graphs.asked(self._world.town.server, None if account is None else account.token, name, data)

    def connect_again(self) -> None:
        self._beside.connect_again()
        self._known.clear()


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[World]]:
    servers = [Server(tmp_path_factory.mktemp("chatd") / "data").start() for _ in WAYS]
    try:
        worlds = [World(server) for server in servers]
        yield worlds
        for world in worlds:
            world.town.close()
            ended_well(world.town.server)
    finally:
        for server in servers:
            server.kill()


@pytest.fixture(scope="module")
def ways(worlds: list[World]) -> list[Way]:
    return [way(world) for way, world in zip(WAYS, worlds, strict=True)]


@pytest.fixture(scope="module")
def twins() -> list[Twins]:
    """Of the first server with each other one."""
    return [way.twins() for way in WAYS[1:]]


WAYS = (OverWebSocket, OverRest, OverGraphQL)


@pytest.fixture(scope="module")
def carried_out() -> set[str]:
    """The requests that somebody was given a result for."""
    return set()


def in_order() -> list[RequestType]:
    return sorted(REQUESTS.values(), key=lambda row: LAST.index(row.name) if row.name in LAST else -1)


@pytest.mark.parametrize("row", in_order(), ids=lambda row: row.name)
def test_every_way_gives_the_same(
    worlds: list[World], ways: list[Way], twins: list[Twins], carried_out: set[str], row: RequestType
) -> None:
    """The tests of this function go on from each other; they are run in their order."""

    def asked(who: str, data: Iterable[Frame]) -> tuple[Frame, list[Frame]]:
        one, *others = (way.ask(who, row.name, said) for way, said in zip(ways, data, strict=True))
        return one, others

    def compare(one: Any, others: Iterable[Any], where: str) -> None:
        for pair, other in zip(twins, others, strict=True):
            pair.compare(one, other, where)

    if row.name not in (*LAST, "session.open"):
        for data in zip(*(wrong_data(world, row) for world in worlds), strict=True):
            compare(*asked("member", data), f"{row.name} with {data[0]}")
    for who in ASKERS:
        one, others = asked(who, [data_of(world, row) for world in worlds])
        if "result" in one:
            carried_out.add(row.name)
        if who == "stranger" and "error" in one:  # they are told in other words how to show a token
            assert {other["error"]["code"] for other in others} == {one["error"]["code"]}
        elif row.name in OF_A_SESSION:
            assert {other["error"]["code"] for other in others} == {"forbidden"}
        else:
            compare(one, others, f"{row.name} by {who}")
        if row.name in ENDING:
            for way in ways:
                way.connect_again()


def test_what_was_compared_was_not_refusals_alone(carried_out: set[str]) -> None:
    of_several = {name for name in REQUESTS if name.startswith("cluster.")}  # refused where one is alone
    wanted = REQUESTS.keys() - of_several
    assert len(carried_out) > 0.9 * len(wanted), sorted(wanted - carried_out)
