"""Deleting an account: nothing that it said is in any byte of any file afterwards, and a stub is left."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing

import pytest

from .authenticator import Authenticator
from .conftest import Serve
from .push_place import Browser
from .serving import Server
from .talking import Refused, history
from .test_hostile_bytes import within
from .town import Account, Town, absent_id

PASSWORD = "a right horse with a battery"
# Made of parts that nothing else says, each in another place of the account.
WORDS = {
    "name": "zyxname",
    "display name": "Zyxdisplay",
    "about": "zyxabout",
    "avatar": "zyxavatar",
    "message": "zyxmessage",
    "version": "zyxversion",
    "direct": "zyxdirect",
    "note": "zyxnote",
    "draft": "zyxdraft",
    "scheduled": "zyxscheduled",
    "device": "zyxdevice",
    "private": "zyxprivate",
    "settings": "Antarctica/Troll",
    "push": "zyxpush",
    "passkey": "zyxpasskey",
}


def traces(server: Server) -> set[str]:
    """Which of the words stand in a file of the data folder, or in what the server said."""
    found = set()
    for path in (*server.data.iterdir(), server.log):
        if path.is_file():
            content = path.read_bytes().lower()
            found |= {what for what, word in WORDS.items() if word.lower().encode() in content}
    return found


def is_deleted(town: Town, account: str) -> bool:
    with closing(sqlite3.connect(f"{(town.server.data / 'chatd.db').as_uri()}?mode=ro", uri=True)) as look:
        ended = look.execute("SELECT deleted FROM accounts WHERE id = ?", (account,)).fetchone()
        (going,) = look.execute("SELECT count(*) FROM erasures").fetchone()
    return bool(ended[0]) and not going


class Life:
    """Somebody who has left traces everywhere. `again` makes another one of the same names."""

    def __init__(self, town: Town, room: str, friend: Account) -> None:
        self.town, self.room = town, room
        visit = town.dial()
        signed = visit.ask(
            "account.sign_up", name=WORDS["name"], password=PASSWORD, display_name=WORDS["display name"]
        )
        signed = visit.ask("account.sign_in", name=WORDS["name"], password=PASSWORD, device=WORDS["device"])
        self.account = Account(signed["account"]["id"], WORDS["name"], signed["access_token"])
        self.client = client = town.open(self.account)
        client.ask("invite.accept", code=town.code)
        client.ask("room.join", room=room)
        device = Authenticator(f"http://localhost:{town.server.port}")
        made = device.make(client.ask("passkey.begin", password=PASSWORD))
        client.ask("passkey.add", name=WORDS["passkey"], **made)
        client.ask("account.update", about=WORDS["about"], avatar=f"https://example.org/{WORDS['avatar']}")
        self.seqs = [client.post(room, f"{WORDS['message']} {n}")["seq"] for n in range(3)]
        client.ask("message.edit", room=room, seq=self.seqs[0], text=WORDS["version"])
        client.ask("message.edit", room=room, seq=self.seqs[0], text="innocent")
        direct = client.ask("direct.open", accounts=[friend.id])["room"]
        self.direct: str = direct["id"]
        client.post(self.direct, WORDS["direct"])
        self.private: str = client.ask("room.create", space=town.space, name="Attic", private=True)["room"][
            "id"
        ]
        client.post(self.private, WORDS["private"])
        client.ask("room.leave", room=self.private)
        client.ask("bookmark.add", room=room, seq=self.seqs[1], note=WORDS["note"])
        client.ask("draft.set", room=room, text=WORDS["draft"])
        client.ask("read.mark", room=room, seq=self.seqs[2])
        client.ask("preferences.update", quiet_from=1, quiet_to=2, receipts=False)
        client.ask("preferences.update", time_zone=WORDS["settings"])
        client.ask("push.subscribe", **Browser(f"https://push.example.org/{WORDS['push']}").subscription)
        client.ask("preferences.update", favourites=[room], quick_reactions=[WORDS["settings"]])
        client.ask("subscription.update", room=room, level="all")
        client.ask("block.add", account=friend.id)
        client.ask("direct.leave", room=self.direct)
        client.ask("reaction.add", room=room, seq=self.seqs[1], emoji="👍")
        later = client.ask("message.schedule", room=room, text=WORDS["scheduled"], post_at=_tomorrow())
        assert later["scheduled"]["text"] == WORDS["scheduled"]


def _tomorrow() -> int:
    return time.time_ns() // 1_000_000 + 86_400_000


def rows_of(server: Server, account: str) -> dict[str, int]:
    """In which tables rows of the account stand that say more than that there was one."""
    tables = (
        *("credentials", "devices", "drafts", "scheduled", "bookmarks", "read_markers", "deliveries"),
        *("preferences", "subscriptions", "account_names", "name_skeletons", "second_factors", "identities"),
        *(
            "recovery_links",
            "pushes",
            "passkeys",
            "thread_followers",
            "erasures",
            "presence",
            "blocks",
            "direct_states",
        ),
    )
    with closing(sqlite3.connect(f"{(server.data / 'chatd.db').as_uri()}?mode=ro", uri=True)) as look:
        counts = {
            table: look.execute(f"SELECT count(*) FROM {table} WHERE account = ?", (account,)).fetchone()[0]
            for table in tables
        }
        members = "SELECT count(*) FROM members WHERE account = ? AND until IS NULL"
        counts["members"] = look.execute(members, (account,)).fetchone()[0]
    return {table: count for table, count in counts.items() if count}


def test_a_deleted_account_is_in_no_byte_of_any_file(serve: Serve) -> None:
    server = serve()
    town = Town(server)
    room = town.room()
    friend = town.member(room, name="friend")
    reader = town.open(friend)
    life = Life(town, room, friend)
    assert within(30, lambda: len(reader.ask("message.search", text=WORDS["direct"])["hits"]) == 1)
    assert traces(server) == set(WORDS)
    town.assert_sound()

    assert life.client.ask("account.delete", password=PASSWORD) == {}
    assert within(30, lambda: is_deleted(town, life.account.id)), server.output()
    assert within(30, lambda: not traces(server)), traces(server)
    assert rows_of(server, life.account.id) == {}
    town.assert_sound()

    # what others see is that somebody was there
    members = reader.ask("room.members", room=room)["members"]
    assert life.account.id not in [row["account"] for row in members]
    gone = [message for message in history(reader, room) if message["by"] == life.account.id]
    assert [(message["text"], message["deleted"]) for message in gone] == [(None, True)] * 3
    shown = town.operator.ask("account.list", limit=500)["accounts"]
    stub = next(row for row in shown if row["id"] == life.account.id)
    assert (stub["deleted"], stub["disabled"], stub["display_name"]) == (True, True, "Deleted account")
    assert stub["name"] == f"deleted-{life.account.id[-8:].lower()}"
    assert (stub["about"], stub["avatar"]) == (None, None)

    # nobody is it any more, and its name is free
    with pytest.raises(Refused) as refused:
        town.dial().open(life.account.token)
    assert refused.value.code == "unauthenticated"
    with pytest.raises(Refused) as refused:
        town.dial().ask("account.sign_in", name=WORDS["name"], password=PASSWORD)
    assert refused.value.code == "unauthenticated"
    answers = [
        town.operator.refusal(command, account=life.account.id)
        for command in ("account.enable", "account.erase", "account.token")
    ]
    assert answers == [{"code": "not_found", "message": "there is no such account"}] * 3
    log = town.operator.ask("event.list", after=0, stream=f"account/{life.account.id}", limit=500)["events"]
    settings = [event["data"] for event in log if event["event"] == "preferences.updated"]
    assert settings == [{}, {}, {}]
    made = town.operator.ask("account.create", name=WORDS["name"])["account"]
    assert made["id"] != life.account.id

    town.assert_sound()
    copy = server.data.parent / "copy.db"
    town.operator.ask("account.erase", account=made["id"])
    town.operator.ask("backup.create", path=str(copy))
    assert not any(word.lower().encode() in copy.read_bytes().lower() for word in WORDS.values())
    town.close()
    assert server.stop() == 0
    assert traces(server) == set()


def test_a_deletion_that_was_killed_goes_on_at_the_next_start(serve: Serve) -> None:
    server = serve()
    town = Town(server)
    room = town.room()
    friend = town.member(room, name="friend")
    life = Life(town, room, friend)
    for _ in range(6):
        post = {"room": room, "text": f"{WORDS['message']} more"}
        frames = [life.client.frame("message.post", post) for _ in range(200)]
        life.client.send_frames(frames)
        for frame in frames:
            life.client.result(frame["id"])
    life.client.ask("account.delete", password=PASSWORD)
    server.kill()
    assert traces(server)
    town.close()
    server.start()
    town.reconnect()
    assert within(30, lambda: is_deleted(town, life.account.id)), server.output()
    assert within(30, lambda: not traces(server)), traces(server)
    assert rows_of(server, life.account.id) == {}
    town.assert_sound()
    town.close()


def test_a_wrong_password_deletes_nothing(town: Town) -> None:
    visit = town.dial()
    name = "careful"
    token = visit.ask("account.sign_up", name=name, password=PASSWORD)["access_token"]
    client = town.dial().open(token)
    with pytest.raises(Refused) as refused:
        client.ask("account.delete", password="not this one")
    assert refused.value.code == "unauthenticated"
    assert client.ask("space.list")["spaces"] == []
    assert town.dial().ask("account.sign_in", name=name, password=PASSWORD)["account"]["name"] == name


def test_who_owns_a_space_hands_it_over_first(town: Town) -> None:
    visit = town.dial()
    signed = visit.ask("account.sign_up", name="landlord", password=PASSWORD)
    client = town.dial().open(signed["access_token"])
    space = client.ask("space.create", name="House")["space"]["id"]
    for asker, command, data in (
        (client, "account.delete", {"password": PASSWORD}),
        (town.operator, "account.erase", {"account": signed["account"]["id"]}),
    ):
        with pytest.raises(Refused) as refused:
            asker.ask(command, **data)
        assert refused.value.code == "conflict"
        assert "House" in refused.value.error["message"]
        assert refused.value.error["data"] == {"spaces": [{"id": space, "name": "House"}]}
    heir = town.account("heir")
    code = client.ask("invite.create", space=space)["invite"]["code"]
    new_owner = town.open(heir)
    new_owner.ask("invite.accept", code=code)
    client.ask("member.set_role", space=space, account=heir.id, role="owner")
    assert client.ask("account.delete", password=PASSWORD) == {}
    left = new_owner.wait_event("member.left", account=signed["account"]["id"])
    assert left["stream"] == f"space/{space}"
    assert new_owner.ask("space.get", space=space)["space"]["owner"] == heir.id


def test_an_operator_sees_what_would_go_before_it_goes(town: Town) -> None:
    room = town.room()
    account = town.member(room)
    client = town.open(account)
    client.post(room, "hello")
    client.ask("draft.set", room=room, text="not yet")
    counts = {"messages": 1, "spaces": 1, "rooms": 1, "bookmarks": 0, "drafts": 1, "scheduled": 0}
    counts |= {"devices": 1, "bots": 0}
    dry = town.operator.ask("account.erase", account=account.id, dry_run=True)
    assert dry == {"done": False, "erased": counts}
    assert client.ask("account.export")["items"]
    done = town.operator.ask("account.erase", account=account.id, reason="asked for by letter")
    assert done == {"done": True, "erased": counts}
    log = town.operator.ask("event.list", after=0, stream=f"account/{account.id}", limit=500)["events"]
    ended = next(event for event in log if event["event"] == "account.deleted")
    assert ended["data"] == {"account": account.id, "reason": "asked for by letter"}
    assert ended["by"].startswith("operator:")
    created = next(event for event in log if event["event"] == "account.created")
    assert created["data"] == {"account": account.id}


def test_only_operators_erase_others(town: Town) -> None:
    victim, client = town.account(), town.open(town.account())
    with pytest.raises(Refused) as refused:
        client.ask("account.erase", account=victim.id)
    assert refused.value.code == "forbidden"


def test_what_was_written_in_rooms_and_spaces_that_are_deleted_goes_as_well(town: Town) -> None:
    room, kept = town.room("Attic"), town.room("Cellar")
    account = town.member(room, kept)
    client = town.open(account)
    client.post(room, WORDS["message"])
    client.post(kept, WORDS["private"])
    town.operator.ask("room.delete", room=room)
    town.operator.ask("space.delete", space=town.space)
    done = town.operator.ask("account.erase", account=account.id)
    assert done["done"], town.server.output()
    assert done["erased"]["messages"] == 2
    assert within(30, lambda: not traces(town.server)), traces(town.server)
    town.assert_sound()


def test_others_stay_signed_in_when_an_account_is_deleted(town: Town) -> None:
    stays = town.dial().ask("account.sign_up", name=f"stays{absent_id()[-8:]}", password=PASSWORD)
    client = town.dial().open(stays["access_token"])
    client.ask("push.subscribe", **Browser("https://push.example.org/stays").subscription)
    gone = town.account()
    town.operator.ask("account.erase", account=gone.id)
    assert within(30, lambda: is_deleted(town, gone.id))
    assert len(client.ask("push.list")["devices"]) == 1
    client.close()
    refreshed = town.dial().ask("account.refresh", refresh_token=stays["refresh_token"])
    assert refreshed["account"]["id"] == stays["account"]["id"]
