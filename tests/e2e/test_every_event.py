"""Every type of event that there is, made to happen through the wire, and what must be true of each.

The types stand in the command table. A new one is not done before it happens in `live_through` below, and
`reducer` knows what it means for a client.
"""

from __future__ import annotations

import base64
import copy
import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import attrs
import pytest

from chatd.contract.requests import REQUESTS
from chatd.contract.spec import RequestType
from chatd.domain import totp

from .authenticator import Authenticator
from .provider import Browser, Provider
from .reducer import CHANGES, WITHOUT_STATE, Reducer, State, snapshot
from .serving import Server
from .talking import DEADLINE, Client, Frame
from .town import Account, Town
from .uploads import UPLOADING, picture, upload

TYPES = {type_ for entry in REQUESTS.values() for type_ in entry.events}
SYSTEM = "system"
WITH_A_WAKE = ("message.post", "account.disable", "account.enable")  # the server logs more because of them


@pytest.fixture(scope="module")
def started_with() -> Iterator[dict[str, Any]]:
    """Single sign-on; what is due is due soon."""
    with Provider() as provider:
        delays = {"erase_messages_delay": 0.3, "retention_delay": 0.3}
        yield {"program": UPLOADING, "oidc_sign_up": True, **delays, **provider.settings}


class Witness:
    """Watches the log while one request after another is made, and what each of them logged."""

    def __init__(self, town: Town) -> None:
        self.operator, self.port = town.operator, town.server.port
        self.logged: dict[str, set[str]] = defaultdict(set)  # request -> types
        self.by_itself: set[str] = set()  # types that the server logged of its own accord
        self._position = 0
        self.look(None)

    def ask(self, client: Client, name: str, /, until: str | None = None, **data: Any) -> Any:
        """Asks; with `until` waits for an event of this type, wherever it comes from."""
        self.look(None)
        answer = client.ask(name, **data)
        self.look(name, until)
        return answer

    def look(self, name: str | None, until: str | None = None) -> None:
        """Takes in what is new in the log, as logged by `name`; without one nothing of it counts."""
        deadline = time.monotonic() + DEADLINE
        found: set[str] = set()
        while True:
            page = self.operator.ask(
                "event.list", after=self._position, limit=500, wait=0 if until in (None, *found) else 1
            )
            for event in page["events"]:
                found.add(event["event"])
                if event["by"] == SYSTEM:
                    self.by_itself.add(event["event"])
                elif name is not None:
                    self.logged[name].add(event["event"])
            if page["events"]:
                self._position = page["events"][-1]["position"]
            elif until is None or until in found:
                return
            assert time.monotonic() < deadline, f"no {until} after {name}"


class ViewUpdater:
    """A client that applies what comes, as it comes."""

    def __init__(self, town: Town, account: Account) -> None:
        self.account = account
        self.client = town.open(account)
        self.reducer = Reducer(snapshot(self.client), self.client)
        self._seen = self._heard = 0

    def follow(self) -> None:
        self.client.catch_up()
        while self._seen < len(self.client.events):
            self.reducer.apply(self.client.events[self._seen])
            self._seen += 1
        while self._heard < len(self.client.signals):
            self.reducer.hear(self.client.signals[self._heard])
            self._heard += 1


def live_through(town: Town, witness: Witness, owner: ViewUpdater, member: ViewUpdater) -> Iterator[None]:
    """A day in the life of a server. Pauses now and then for the clients to look at their events."""
    ask, ann, bob = witness.ask, owner.client, member.client
    operator, space, room = town.operator, town.space, town.room("Square", by=ann)
    ask(bob, "room.join", room=room)
    yield

    # accounts
    made = ask(operator, "account.create", name="Cleo")["account"]["id"]
    friend = town.member(room, name="friend")
    between = ask(bob, "direct.open", accounts=[friend.id])["room"]["id"]
    ask(bob, "message.post", until="notification.created", room=between, text="hi")
    for account in (made, friend.id):
        ask(operator, "account.disable", account=account)
        if account != made:
            yield
        ask(operator, "account.enable", account=account)
    ask(operator, "account.set_admin", account=made, admin=True, reason="on call")
    ask(operator, "account.set_name", account=made, name="cleopatra", reason="wished for")
    ask(operator, "account.set_name", account=made, name="Cleo")
    ask(
        operator, "account.set_display_name", account=made, display_name="Cleo the Elder", reason="wished for"
    )
    ask(bob, "account.update", display_name="Bob the Second", avatar="https://example.org/bob.png")
    ask(bob, "account.rename", name=f"{member.account.name}.second")
    with closing(town.dial()) as visitor:
        secured(witness, visitor, made, Browser(town.server))
    yield

    # the server as a whole
    ask(operator, "backup.create", path=str(town.server.data.with_name("copy.db")))
    ask(operator, "view.rebuild", name="search")
    ask(operator, "server.compact")
    yield

    # bots
    spare_bot = ask(bob, "bot.create", name="Rex", scopes=["read"])["account"]["id"]
    ask(bob, "bot.update", account=spare_bot, scopes=["join", "post"])
    bot = ask(bob, "bot.create", name="Max", scopes=["join", "post"])
    ask(operator, "bot.list", owner=member.account.id)
    with closing(town.dial()) as helper:
        helper.open(bot["token"])
        ask(helper, "invite.accept", code=town.code)
        ask(helper, "room.join", room=room)
    ask(bob, "bot.delete", until="account.deleted", account=bot["account"]["id"])
    yield

    # who goes for good
    for by_itself in (True, False):
        leaver = town.account("leaver")
        password = "a right horse with a battery"
        ask(operator, "account.set_password", account=leaver.id, password=password)
        leaver = attrs.evolve(leaver, token=operator.ask("account.token", account=leaver.id)["token"])
        with closing(town.open(leaver)) as visitor:
            ask(visitor, "invite.accept", code=town.code)
            ask(visitor, "room.join", room=room)
            ask(visitor, "message.post", room=room, text="not for long")
            if by_itself:
                ask(visitor, "account.delete", until="account.deleted", password=password)
        if not by_itself:
            ask(operator, "account.erase", until="account.deleted", account=leaver.id)
    yield

    # spaces and invites
    own = ask(bob, "space.create", name="Bob's", description="all mine")["space"]["id"]
    invite = ask(ann, "invite.create", space=space, max_uses=5)["invite"]
    with closing(town.dial()) as visitor:
        ask(visitor, "account.sign_up", name="Dora", password="correct horse", invite=invite["code"])
    with closing(town.dial()) as visitor:
        for _ in ("an account is made", "it signs in"):
            ask(visitor, "account.exchange", code=Browser(town.server).code())
    with closing(town.open(town.account("eve"))) as visitor:
        ask(visitor, "invite.accept", code=invite["code"])
    spare = ask(bob, "invite.create", space=own, role="guest", expires_in=3600)["invite"]["code"]
    ask(bob, "invite.revoke", code=spare)
    yield
    ask(ann, "emoji.add", space=space, name="party", image="https://example.org/party.png")
    ask(ann, "emoji.add", space=space, name="sad", image="https://example.org/sad.png")
    ask(ann, "emoji.remove", space=space, name="sad")
    yield

    # rooms
    garden = ask(ann, "room.create", space=space, name="Garden", topic="plants")["room"]["id"]
    ask(ann, "room.create", space=space, name="Attic", private=True)
    barn = ask(bob, "room.create", space=space, name="Barn", kind="announcement")["room"]["id"]
    yield
    ask(bob, "room.join", room=garden)
    ask(ann, "room.join", room=barn)
    yield
    ask(bob, "room.leave", room=garden)
    ask(ann, "room.update", room=room, name="Market", topic="fruit", reason="the harvest")
    ask(ann, "room.archive", room=barn)
    direct = ask(ann, "direct.open", accounts=[member.account.id])["room"]["id"]
    yield

    # messages, and what the server does with them by itself
    said = "notification.created"
    ask(ann, "message.post", until=said, room=direct, text="just us")
    ask(ann, "message.post", room=room, text="this will pass", expires_in=1)
    soon = time.time_ns() // 1_000_000 + 2_500
    ask(ann, "message.schedule", until="message.posted", room=room, text="later", post_at=soon)
    root = ask(ann, "message.post", until=said, room=room, text=f"hello @{member.account.name}", nonce="n")
    seq = root["seq"]
    reply = ask(bob, "message.post", until=said, room=room, text="hello yourself", reply_to=seq)["seq"]
    deeper = ask(ann, "message.post", until=said, room=room, text="and so on", reply_to=reply)["seq"]
    yield
    ask(ann, "message.edit", room=room, seq=seq, text="hello all of you, @room")
    ask(ann, "message.edit", room=room, seq=deeper, text=f"and @{member.account.name} so on")
    ask(bob, "message.edit", room=room, seq=reply, text="hello!")
    yield

    # files
    cat, spare = picture(bob), upload(bob)
    attached = ask(bob, "message.post", room=room, text="", attachments=[cat["id"]])["seq"]
    ask(ann, "message.post", room=room, text="mine now", attachments=[cat["id"]])
    yield
    ask(bob, "file.delete", file=spare["id"])
    ask(bob, "message.delete", room=room, seq=attached)
    yield

    # what people put on them
    for client, emoji in ((ann, "👍"), (bob, "👍"), (bob, "🎉"), (ann, ":party:")):
        ask(client, "reaction.add", room=room, seq=seq, emoji=emoji)
    ask(ann, "reaction.remove", room=room, seq=seq, emoji="👍")
    ask(bob, "reaction.remove", room=room, seq=seq, emoji="🎉")
    for pinned in (seq, reply, deeper):
        ask(bob, "pin.add", room=room, seq=pinned)
    ask(ann, "pin.remove", room=room, seq=reply)
    yield

    # what is somebody's alone
    ask(bob, "thread.unfollow", room=room, seq=seq)
    ask(bob, "thread.follow", room=room, seq=reply)
    ask(bob, "subscription.update", room=room, level="all")
    ask(bob, "subscription.update", room=room, mute_for=3600)
    ask(bob, "subscription.update", room=room, mute_for=0)
    ask(bob, "preferences.update", quiet_from=0, quiet_to=1439, time_zone="Pacific/Chatham")
    ask(bob, "preferences.update", receipts=False, favourites=["a", "b"], push_preview=False)
    quiet = ask(ann, "message.post", until=said, room=room, text="not that important")["seq"]
    ask(bob, "bookmark.add", room=room, seq=seq)
    ask(bob, "bookmark.add", room=room, seq=quiet)
    ask(bob, "bookmark.add", room=room, seq=deeper, note="see to it")
    ask(bob, "bookmark.add", room=room, seq=deeper, note="seen to")
    ask(bob, "bookmark.remove", room=room, seq=seq)
    newest = bob.ask("notification.list")["notifications"][0]["id"]
    ask(bob, "notification.read", ids=[newest])
    ask(bob, "read.mark", room=room, seq=reply)
    yield
    ask(bob, "read.mark_unread", room=room, seq=reply)
    ask(ann, "room.export", room=room)
    ask(ann, "space.export", space=space)
    yield

    # for how long it is kept
    ask(ann, "space.set_retention", space=space, keep_days=30, reason="the less the better")
    ask(ann, "room.set_retention", room=room, keep_days=0)
    ask(operator, "space.set_hold", space=space, hold=True, reason="case 7")
    ask(operator, "room.set_hold", room=room, hold=True)
    evidence = ask(ann, "message.post", room=room, text="what I did")["seq"]
    ask(ann, "message.delete", room=room, seq=evidence)
    yield
    ask(operator, "space.set_hold", space=space, hold=False)
    ask(operator, "room.set_hold", room=room, hold=False)
    if "message.erased" not in witness.by_itself:
        witness.look(None, until="message.erased")
    yield

    yield from move_in(town, witness)
    yield from among_few(town, witness, owner, member)
    yield from keep_order(town, witness, owner, member, Places(space, own, room, garden, barn))

    # and what goes again
    for client, gone in ((ann, deeper), (ann, reply), (ann, quiet)):
        ask(client, "message.delete", room=room, seq=gone, reason="not needed any more")
    if "message.deleted" not in witness.by_itself:
        witness.look(None, until="message.deleted")
    yield


def move_in(town: Town, witness: Witness) -> Iterator[None]:
    """What another chat has exported comes in, and goes again."""
    operator, at = town.operator, time.time_ns() // 1_000_000 - 60_000  # younger than what is kept

    def ask(verb: str, until: str | None = None, **more: Any) -> Any:
        return witness.ask(operator, f"import.{verb}", until=until, **more)

    ours = {"import": ask("begin", space=town.space, format="slack", source="slack:T1")["import"]}
    person = ask("add_people", **ours, people=[{"key": "U1", "name": "mover"}])["people"][0]["account"]
    place = {"key": "C1", "name": "moved", "kind": "public", "archived": True, "members": [person]}
    room = ask("add_rooms", **ours, rooms=[place])["rooms"][0]["room"]
    texts = {"text": "two", "versions": [{"text": "one", "at": at}], "pinned_by": person}
    message = {"by": person, "at": at, "reactions": [{"by": person, "emoji": "👍"}]}
    said = [{"key": "1.1", **message, **texts}, {"key": "1.2", **message, "text": "", "deleted": True}]
    ask("add_messages", **ours, room=room, messages=said)
    ask("add_emoji", **ours, name="waving", image="https://pictures.example.org/waving.png")
    yield
    ask("finish", **ours)
    yield
    ended = None
    while not ask("undo", **ours, until=ended)["done"]:
        ended = "account.deleted" if ended is None else None
    yield


def among_few(town: Town, witness: Witness, owner: ViewUpdater, member: ViewUpdater) -> Iterator[None]:
    """Direct rooms, wanted and not, and people who are not heard any more."""
    ask, ann, bob = witness.ask, owner.client, member.client
    ids = [owner.account.id, member.account.id]
    pair = ask(ann, "direct.open", accounts=ids)["room"]["id"]
    ask(bob, "direct.accept", room=pair)
    ask(bob, "direct.leave", room=pair)
    yield
    ask(ann, "message.post", room=pair, text="come back")
    yield
    strangers = [town.member(name=name) for name in ("stranger", "pest")]
    rooms = []
    for stranger in strangers:
        with closing(town.open(stranger)) as visitor:
            room = ask(visitor, "direct.open", accounts=ids[1:])["room"]["id"]
            ask(visitor, "message.post", room=room, text="you do not know me")
            rooms.append(room)
    yield
    ask(bob, "direct.decline", room=rooms[0])
    ask(bob, "block.add", account=strangers[1].id)
    yield
    for stranger, room in zip(strangers, rooms, strict=True):
        with closing(town.open(stranger)) as visitor:
            ask(visitor, "message.post", room=room, text="and nobody hears me")
    yield
    ask(bob, "block.remove", account=strangers[1].id)
    yield
    several = ask(ann, "direct.open", accounts=[*ids, strangers[0].id])["room"]["id"]
    ask(ann, "message.post", room=several, text="the three of us")
    yield
    ask(bob, "message.post", room=several, text="whoever you are")
    yield
    ask(bob, "direct.leave", room=several)
    ask(bob, "block.add", account=strangers[0].id)
    yield


@attrs.frozen
class Places:
    space: str
    own: str  # the member's own space
    room: str
    garden: str
    barn: str  # archived


def keep_order(
    town: Town, witness: Witness, owner: ViewUpdater, member: ViewUpdater, places: Places
) -> Iterator[None]:
    """The member, in a space of its own, shows the owner in and out; the owner keeps order in the town's."""
    ask, ann, bob, own = witness.ask, owner.client, member.client, places.own
    guest = {"space": own, "account": owner.account.id}
    yard = ask(bob, "room.create", space=own, name="Yard")["room"]["id"]
    code = bob.ask("invite.create", space=own)["invite"]["code"]

    def come() -> None:
        ask(ann, "invite.accept", code=code)
        ask(ann, "room.join", room=yard)

    yield
    come()
    yield
    ask(bob, "space.update", space=own, name="Bob's place", description="and Ann's")
    ask(bob, "space.lock", space=own, reason="a bad day")
    ask(bob, "space.unlock", space=own)
    ask(bob, "member.set_role", **guest, role="admin")
    yield
    ask(ann, "space.leave", space=own)
    yield
    come()
    yield
    ask(ann, "message.post", room=yard, text="too loud")
    ask(bob, "member.mute", **guest, **{"for": 3600})
    ask(bob, "member.unmute", **guest)
    ask(bob, "member.erase_messages", **guest)
    ask(bob, "erasure.list", space=own)
    ask(bob, "erasure.cancel", **guest, reason="let it be")
    ask(bob, "member.erase_messages", until="member.messages_erased", **guest, reason="too loud")
    ask(bob, "room.remove", room=yard, account=owner.account.id)
    yield
    ask(bob, "room.invite", room=yard, account=owner.account.id)
    yield
    ask(bob, "member.kick", **guest)
    yield
    come()
    yield
    ask(bob, "member.ban", **guest, reason="again")
    yield
    ask(bob, "member.unban", **guest)
    yield
    come()
    yield
    ask(bob, "space.delete", space=own)
    yield

    ask(ann, "room.lock", room=places.room)
    ask(ann, "room.unlock", room=places.room)
    ask(ann, "room.override", room=places.room, role="member", right="pin.set", allow=False)
    ask(ann, "room.unarchive", room=places.barn)
    rude = ask(bob, "message.post", room=places.room, text="not that nice")["seq"]
    ask(ann, "message.report", room=places.room, seq=rude, reason="not nice")
    report = ann.ask("report.list", space=places.space)["reports"][0]["id"]
    ask(ann, "report.resolve", report=report, reason="talked to him")
    ask(ann, "room.delete", room=places.garden)
    yield


@attrs.frozen
class Lived:
    """A server on which everything has happened once, and two clients that were there all the time."""

    server: Server
    town: Town
    witness: Witness
    followers: list[ViewUpdater]
    before: list[tuple[State, Frame]]  # what each of them knew in the morning, and its cursor


def secured(witness: Witness, visitor: Client, account: str, browser: Browser) -> None:
    """Everything that changes how an account is signed in to."""
    ask, operator, old, new = witness.ask, witness.operator, "seven old herons", "eight young owls"
    ask(operator, "account.set_password", account=account, password=old)
    visitor.open(ask(visitor, "account.sign_in", name="Cleo", password=old)["access_token"])
    ask(visitor, "account.change_password", old=old, new=new)
    code = browser.code(ask(visitor, "identity.begin", password=new)["url"])
    identity = ask(visitor, "identity.add", code=code)["identity"]
    named = {"issuer": identity["issuer"], "subject": identity["subject"]}
    ask(visitor, "identity.remove", **named, password=new)
    for ending in ("remove", "reset"):
        device = Authenticator(f"http://localhost:{witness.port}")
        added = ask(visitor, "passkey.add", **device.make(visitor.ask("passkey.begin", password=new)))
        ask(visitor, "account.passkey_sign_in", **device.sign(visitor.ask("account.passkey_begin")))
        if ending == "remove":
            ask(visitor, "passkey.remove", passkey=added["passkey"]["id"], password=new)
    ask(operator, "account.reset_passkeys", account=account)
    for _ in range(2):
        secret = base64.b32decode(visitor.ask("totp.begin", password=new)["secret"])
        given = totp.code(secret, totp.step_at(time.time_ns() // 1_000_000))
        spare = ask(visitor, "totp.confirm", code=given)["recovery_codes"][0]
        if "totp.remove" not in witness.logged:
            ask(visitor, "totp.remove", password=new, code=spare)
    ask(operator, "account.reset_totp", account=account)
    ask(operator, "account.recovery_link", account=account)
    ask(operator, "account.token", account=account)
    ask(operator, "account.sign_out", account=account)


@pytest.fixture(scope="module")
def lived(server: Server) -> Iterator[Lived]:
    town = Town(server)
    followers = [ViewUpdater(town, account) for account in (town.owner, town.member(name="bob"))]
    before = [(snapshot(follower.client), follower.client.cursor) for follower in followers]
    witness = Witness(town)
    for _ in live_through(town, witness, *followers):
        for follower in followers:
            follower.follow()
    nothing_comes_any_more(town.operator)
    yield Lived(server, town, witness, followers, before)
    town.close()


def nothing_comes_any_more(operator: Client) -> None:
    """Whoever is to hear of what was said has: else two looks might tell of two moments."""
    deadline = time.monotonic() + DEADLINE
    while any(one["lag"] for one in operator.ask("server.followers")["followers"]):
        assert time.monotonic() < deadline


def caught_up(operator: Client) -> list[str]:
    """The names of all views, when each of them has followed the log to its end."""
    deadline = time.monotonic() + DEADLINE
    while True:
        views = operator.ask("view.list")["views"]
        if all(view["lag"] == 0 for view in views):
            return [view["name"] for view in views]
        assert time.monotonic() < deadline, views


def dumped(server: Server) -> dict[str, list[tuple[Any, ...]]]:
    """What the views hold: each table's rows, and of full-text indexes each word wherever it stands."""
    path: Path = server.data / "views.db"
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        tables = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
        virtual = {name for name, sql in tables.items() if sql.startswith("CREATE VIRTUAL")}
        dump = {}
        for name in sorted(tables):
            if name in virtual:
                connection.execute(
                    f"CREATE VIRTUAL TABLE temp.words_in_{name} USING fts5vocab(main, {name}, instance)"
                )
                rows = connection.execute(f"SELECT * FROM temp.words_in_{name}").fetchall()
            elif any(name.startswith(f"{index}_") for index in virtual):
                continue  # how the index is laid out depends on its batches
            else:
                rows = connection.execute(f'SELECT * FROM "{name}"').fetchall()
            dump[name] = sorted(rows, key=repr)
        return dump


@pytest.mark.parametrize("type_", sorted(TYPES))
def test_a_client_knows_what_to_make_of_each_event(type_: str) -> None:
    handled = {type_ for _, type_ in CHANGES}
    assert (type_ in handled) != (type_ in WITHOUT_STATE)


def test_every_type_of_event_happened(lived: Lived) -> None:
    assert set.union(*lived.witness.logged.values(), lived.witness.by_itself) == TYPES


@pytest.mark.parametrize("entry", REQUESTS.values(), ids=lambda entry: entry.name)
def test_a_request_logs_what_the_table_says_and_nothing_else(lived: Lived, entry: RequestType) -> None:
    in_its_wake = lived.witness.by_itself & set(entry.events) if entry.name in WITH_A_WAKE else set()
    assert lived.witness.logged.get(entry.name, set()) | in_its_wake == set(entry.events)


def test_what_a_client_knew_and_the_events_since_are_what_a_new_client_is_told(lived: Lived) -> None:
    for follower in lived.followers:
        follower.follow()
        assert follower.reducer.state == snapshot(lived.town.open(follower.account))


def test_the_same_holds_for_a_client_that_was_away_all_the_time(lived: Lived) -> None:
    for follower, (state, cursor) in zip(lived.followers, lived.before, strict=True):
        back = lived.town.open(follower.account, cursor)
        late = Reducer(copy.deepcopy(state), back)
        back.catch_up()
        for event in back.events:
            late.apply(event)
        for room in back.opened["rooms"]:
            late.read(room["id"], room["read"])
        assert late.state == snapshot(lived.town.open(follower.account))


def test_a_view_that_followed_the_log_is_what_it_is_when_built_from_it_again(lived: Lived) -> None:
    operator = lived.town.operator
    views = caught_up(operator)
    followed = dumped(lived.server)
    for name in views:
        operator.ask("view.rebuild", name=name)
    assert caught_up(operator) == views
    rebuilt = dumped(lived.server)
    del followed["followers"], rebuilt["followers"]  # that they were built again is logged, too
    assert rebuilt == followed
    assert all(followed[table] for table in ("notifications", "search_messages"))


def test_the_tables_say_what_the_log_says(lived: Lived) -> None:
    lived.town.assert_sound()
