"""The wall clock is not believed: it is set back, nobody is locked out, and the admin is told."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chatd.domain import totp

from . import shifted
from .conftest import ended_well
from .serving import Server
from .talking import Client, Frame
from .test_backup_repositories import told
from .town import Town

DAY = 86_400
PASSWORD = "a lantern over seven still ponds"


class Shifted(Server):
    """A server whose wall clock a test sets."""

    def __init__(self, data: Path) -> None:
        super().__init__(data, program=(shifted.__file__,))
        self.offset = data.with_name("offset")
        self.offset.write_text("0")
        self.settings[shifted.VARIABLE] = str(self.offset)

    def set(self, seconds: int) -> None:
        """Seconds by which the clock is ahead; negative: behind."""
        new = self.offset.with_name("offset.new")
        new.write_text(str(seconds))
        new.replace(self.offset)

    def logged(self, event: str) -> list[Frame]:
        lines = [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]
        return [line for line in lines if line["event"] == event]


@pytest.fixture
def clock(tmp_path: Path) -> Iterator[Shifted]:
    server = Shifted(tmp_path / "data")
    server.start()
    try:
        yield server
        ended_well(server)
    finally:
        server.kill()


def wait_for_line(server: Shifted, event: str) -> Frame:
    ends = time.monotonic() + 10
    while not (found := server.logged(event)):
        assert time.monotonic() < ends, server.output()
        time.sleep(0.02)
    return found[-1]


def signed_up(town: Town, name: str) -> Frame:
    tokens: Frame = town.dial().ask("account.sign_up", name=name, password=PASSWORD)
    return tokens


@pytest.mark.parametrize("path", [(-3600,), (DAY, 0), (DAY, -DAY)])
def test_nobody_is_locked_out_when_the_clock_goes_back(clock: Shifted, path: tuple[int, ...]) -> None:
    clock.set(path[0] if path[0] > 0 else 0)
    town = Town(clock)
    tokens = signed_up(town, "rosa")
    room = town.room()
    town.operator.ask("room.update", room=room, slow_mode=60)
    rosa = town.dial().open(tokens["access_token"])
    rosa.ask("invite.accept", code=town.code)
    rosa.ask("room.join", room=room)
    rosa.ask("message.post", room=room, text="before")
    begun = rosa.ask("totp.begin", password=PASSWORD)
    rosa.ask("totp.confirm", code=code_at(begun, path[0] if path[0] > 0 else 0))
    clock.set(path[-1])

    assert town.dial().open(tokens["access_token"]).ask("space.list")["spaces"]
    assert town.open(town.owner).ask("space.list")["spaces"], "a bearer token"
    again = town.dial().ask("account.refresh", refresh_token=tokens["refresh_token"])
    assert town.dial().open(again["access_token"]).ask("space.list")["spaces"]
    code = code_at(begun, path[-1])
    signed = town.dial().ask("account.sign_in", name="rosa", password=PASSWORD, code=code)
    client = town.dial().open(signed["access_token"])
    client.ask("message.post", room=room, text="after")
    texts = [message["text"] for message in client.ask("room.history", room=room)["messages"]]
    assert texts == ["before", "after"]
    client.ask("account.rename", name="rosalind", password=PASSWORD)
    town.assert_sound()
    town.close()


def code_at(begun: Frame, offset: int) -> str:
    """What the app shows whose clock agrees with the server's."""
    at = (time.time_ns() // 1_000_000_000 + offset) * 1000
    return totp.code(base64.b32decode(begun["secret"]), totp.step_at(at))


def test_the_admin_is_told_while_it_runs(clock: Shifted) -> None:
    operator = Client.operator(clock)
    assert operator.ask("server.check") == {"ok": True, "findings": []}
    clock.set(DAY)
    assert wait_for_line(clock, "clock_went_ahead")["seconds"] in range(DAY - 5, DAY + 5)
    assert operator.ask("server.check")["ok"]
    clock.set(0)
    assert wait_for_line(clock, "clock_went_back")["seconds"] in range(DAY - 5, DAY + 5)
    checked = operator.ask("server.check")
    assert not checked["ok"]
    assert "the clock went back" in checked["findings"][0]
    status = operator.ask("server.status")
    assert (status["ready"], status["problems"]) == (True, checked["findings"])
    assert 0 <= status["uptime"] < 600
    operator.close()


def test_the_admin_is_told_at_the_start(clock: Shifted) -> None:
    clock.set(DAY)
    Town(clock).close()
    assert clock.stop() == 0
    clock.set(0)
    clock.start()
    assert wait_for_line(clock, "clock_went_back")["since"] == "before the start"
    operator = Client.operator(clock)
    assert "the clock went back" in operator.ask("server.check")["findings"][0]
    clock.set(2 * DAY)
    ends = time.monotonic() + 10
    while operator.ask("server.status")["problems"]:
        assert time.monotonic() < ends, "it has caught up, and still complains"
    operator.close()


def test_a_restart_does_not_forget_it(clock: Shifted) -> None:
    """Also when nothing was logged while the clock was wrong."""
    operator = Client.operator(clock)
    clock.set(DAY)
    wait_for_line(clock, "clock_went_ahead")
    clock.set(0)
    wait_for_line(clock, "clock_went_back")
    Town(clock).close()
    operator.close()
    assert clock.stop() == 0
    clock.start()
    operator = Client.operator(clock)
    ends = time.monotonic() + 10
    while not operator.ask("server.check")["findings"]:
        assert time.monotonic() < ends, "it was forgotten"
        time.sleep(0.02)
    operator.close()


def test_what_expires_is_not_erased_by_a_server_that_starts_with_its_clock_ahead(clock: Shifted) -> None:
    town = Town(clock)
    room = town.room()
    account = town.member(room)
    rosa = town.open(account)
    seq = rosa.post(room, "for an hour", expires_in=3600)["seq"]
    town.close()
    clock.stop()
    clock.set(DAY)
    clock.start()
    rosa = Client.dial(clock).open(account.token)
    for number in range(2):  # with the second one the scheduler has also looked at what expires
        soon = time.time_ns() // 1_000_000 + DAY * 1000 + 2_500
        rosa.ask("message.schedule", room=room, text=f"post {number}", post_at=soon)
        rosa.wait_event("message.posted", text=f"post {number}")
    assert rosa.ask("message.get", room=room, seq=seq)["message"]["text"] == "for an hour"
    clock.set(0)
    assert rosa.ask("message.get", room=room, seq=seq)["message"]["text"] == "for an hour"
    rosa.close()


def test_the_newest_backup_is_the_one_made_last_whatever_the_clock_showed(
    clock: Shifted, tmp_path: Path
) -> None:
    """It is what is restored, and what no rule forgets."""
    repository, made = tmp_path / "repository", []
    town = Town(clock)
    room = town.room()
    rosa = town.open(town.member(room))
    for offset in (0, 30 * DAY, 0, 0):
        clock.set(offset)
        rosa.post(room, f"post {len(made)}")
        made.append(town.operator.ask("backup.create", path=f"{repository}/"))
    then = time.time_ns() // 1_000_000
    while time.time_ns() // 1_000_000 == then:
        pass
    rosa.post(room, "too late")
    made.append(town.operator.ask("backup.create", path=f"{repository}/"))
    town.close()
    assert [one["id"] for one in told("backup", "list", repository)] == [one["id"] for one in made]
    assert told("backup", "check", repository)["position"] == made[-1]["position"]
    at = f"{datetime.fromtimestamp(then / 1000, UTC).isoformat()}"
    back = told("backup", "restore", repository, "--at", at, "--data", tmp_path / "then")
    assert made[3]["position"] <= back["position"] < made[4]["position"]
    assert told("backup", "prune", repository, "--keep", "last 1")["kept"] == [made[-1]["id"]]


def test_a_mute_and_a_ban_that_a_clock_ahead_ordered_last_as_long_as_they_were_ordered_for(
    clock: Shifted,
) -> None:
    town = Town(clock)
    room = town.room()
    muted, banned = town.member(room), town.member(room)
    clock.set(DAY)
    wait_for_line(clock, "clock_went_ahead")
    for what, whom in (("member.mute", muted), ("member.ban", banned)):
        town.operator.ask(what, space=town.space, account=whom.id, **{"for": 60})
    clock.set(0)
    wait_for_line(clock, "clock_went_back")
    listed = town.operator.ask("ban.list", space=town.space)
    now = time.time_ns() // 1_000_000
    for one in (*listed["bans"], *listed["mutes"]):
        assert 0 < one["until"] - now <= 60_000
    clock.set(61)
    listed = town.operator.ask("ban.list", space=town.space)
    assert (listed["bans"], listed["mutes"]) == ([], [])
    town.open(muted).ask("message.post", room=room, text="heard again")
