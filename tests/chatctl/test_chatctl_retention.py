"""For how long messages are kept, said and shown in a terminal."""

from __future__ import annotations


def test_a_space_and_its_rooms_keep_messages_for_a_time(chatctl, town):
    space, room = town.space["id"], town.room["id"]
    assert "kept for ever" in chatctl("space", "retention", space)
    assert "there is no terminal" in chatctl.run("space", "retention", space, "30d").stderr
    said = chatctl("space", "retention", space, "30d", "--yes", "--reason", "less is more")
    assert said.strip() == f"{town.space['name']}: messages are kept for 30 days"
    assert chatctl.json("room", "retention", room) == {"room": room, "keep_days": None, "hold": False}
    assert "as its space says" in chatctl("room", "retention", room)
    assert chatctl.json("room", "retention", room, "all")["keep_days"] == 0
    assert chatctl.json("room", "retention", room, "space", "--yes")["keep_days"] is None
    assert chatctl.json("space", "retention", space, "all")["keep_days"] == 0
    for wrong in ("soon", "0", "space"):
        assert "no number of days" in chatctl.run("space", "retention", space, wrong).stderr


def test_what_is_deleted_under_a_legal_hold_is_shown_to_operators(chatctl, town):
    room = town.room["id"]
    assert "a legal hold stands" in chatctl("room", "retention", room, "--hold", "--reason", "case 7")
    assert "only operators" in town.ada.refused("room", "retention", room, "--end-hold", "--yes")
    seq = town.ada.json("message", "post", room, "said and taken back")["seq"]
    town.ada("message", "delete", room, str(seq))
    [row] = chatctl.json("message", "preserved", room)
    assert (row["seq"], row["texts"]) == (seq, ["said and taken back"])
    shown = chatctl("message", "preserved", town.room["name"], "--space", town.space["id"])
    assert "said and taken back" in shown
    assert chatctl.json("message", "preserved", room, "--after", str(seq)) == []
    assert chatctl.json("room", "retention", room, "--end-hold", "--yes")["hold"] is False


def test_disk_is_given_back(chatctl, town):
    seqs = [town.ada.json("message", "post", town.room["id"], "x" * 9_000)["seq"] for _ in range(8)]
    for seq in seqs:
        town.ada("message", "delete", town.room["id"], str(seq))
    done = chatctl.json("server", "compact")
    assert 0 < done["after"] <= done["before"]
    assert chatctl("server", "compact").startswith(("nothing to give back: ", "gave "))
    assert "only operators" in town.ada.refused("server", "compact")


def test_the_doctor_says_what_to_do(chatctl, town):
    result = chatctl.run("server", "doctor")
    assert result.exit_code == 1  # limits are off in tests
    assert "wrong   settings: limits are off" in result.stdout
    assert "start without --no-limits" in result.stdout
    assert result.stderr.strip() == "chatctl: 1 thing to mend"
    answer = chatctl.run("--json", "server", "doctor").stdout
    assert '"ok": false' in answer
    assert "only operators" in town.ada.refused("server", "doctor")
