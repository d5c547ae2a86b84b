"""What people see is what it says: names that are taken, names that hide, links that lead elsewhere."""

from __future__ import annotations

from .town import Town, absent_id


def test_rooms_of_one_space_have_different_names(town: Town) -> None:
    owner, bob = town.open(town.owner), town.open(town.member())
    room = owner.ask("room.create", space=town.space, name="Plans")["room"]["id"]
    for name in ("Plans", "PLANS", "Рlans", "p1ans", " plans ", "plans\u3000"):
        refused = bob.refusal("room.create", space=town.space, name=name)
        assert refused["code"] == "conflict", name
        assert "there is a room of this name in the space" in refused["message"]
    other = bob.ask("room.create", space=town.space, name="Other plans")["room"]["id"]
    owner.ask("room.archive", room=room)
    assert owner.refusal("room.update", room=other, name="plans")["code"] == "conflict"
    owner.ask("room.update", room=room, name="plans")  # its own name, differently
    owner.ask("room.delete", room=room)
    owner.ask("room.update", room=other, name="Plans")
    assert owner.ask("room.get", room=other)["room"]["name"] == "Plans"
    town.assert_sound()


def test_a_refused_name_changes_nothing_and_holds_up_nobody(town: Town) -> None:
    owner = town.open(town.owner)
    room = town.room("One")
    town.room("Two")
    ids = [
        owner.send("room.update", room=room, name="Two", topic="lost"),
        owner.send("room.update", room=room, topic="kept"),
        owner.send("message.post", room=room, text="kept"),
    ]
    answers = [owner.reply(id_) for id_ in ids]
    assert ["error" in answer for answer in answers] == [True, False, False]
    row = owner.ask("room.get", room=room)["room"]
    assert (row["name"], row["topic"]) == ("One", "kept")


def test_nobody_finds_out_by_trying_that_a_private_room_exists(town: Town) -> None:
    inside = town.member()
    ada, bob = town.open(inside), town.open(town.member())
    town.room("Layoffs", by=ada, private=True)
    assert ada.refusal("room.create", space=town.space, name="layoffs")["code"] == "conflict"
    assert town.operator.refusal("room.create", space=town.space, name="layoffs")["code"] == "conflict"
    bob.ask("room.create", space=town.space, name="layoffs")


def test_spaces_of_one_server_have_different_names(town: Town) -> None:
    owner = town.open(town.owner)
    name = f"Club {town.owner.name}"
    space = owner.ask("space.create", name=name)["space"]["id"]
    bob = town.open(town.account())
    refused = bob.refusal("space.create", name=name.upper())
    assert refused["code"] == "conflict"
    assert "there is a space of this name" in refused["message"]
    assert owner.refusal("space.update", space=town.space, name=name)["code"] == "conflict"
    owner.ask("space.update", space=space, name=name.upper())
    owner.ask("space.delete", space=space)
    bob.ask("space.create", name=name)


def test_a_display_name_is_nobody_elses_name(town: Town) -> None:
    ada, bob = town.account("ada"), town.account("bob")
    client = town.open(bob)
    for name in (ada.name, ada.name.upper(), f" {ada.name} ", ada.name.replace("a", "а")):
        refused = client.refusal("account.update", display_name=name)
        assert refused["code"] == "conflict", name
        assert "another account" in refused["message"]
    for word in ("system", "Everyone", "@here".lstrip("@")):
        assert client.refusal("account.update", display_name=word)["code"] == "invalid"
    for name in (bob.name, "Ada Lovelace"):
        assert client.ask("account.update", display_name=name)["account"]["display_name"] == name
    town.open(ada).ask("account.update", display_name="Ada Lovelace")
    refused = town.operator.refusal("account.create", name=f"eve{absent_id()[-6:]}", display_name=ada.name)
    assert refused["code"] == "conflict"
    assert (
        client.refusal("bot.create", name=f"rex{absent_id()[-6:]}", scopes=[], display_name=ada.name)["code"]
        == "conflict"
    )


def test_whether_a_name_is_taken_is_not_asked_without_end(serve) -> None:  # type: ignore[no-untyped-def]
    town = Town(serve(rate_limits=True, login_free_tries_address=3))
    ada, bob = town.account("ada"), town.open(town.account("bob"))
    codes = [bob.refusal("account.update", display_name=ada.name)["code"] for _ in range(5)]
    assert codes == ["conflict"] * 3 + ["rate_limited"] * 2
    bob.ask("account.update", about="no name, no wait")
    town.close()
