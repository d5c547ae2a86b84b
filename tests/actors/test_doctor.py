"""What the doctor says of a machine, of settings and of followers: fine, worth a look, wrong."""

from __future__ import annotations

import os
import resource
import shutil
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import attrs
import pytest

from chatd.actors.workers.health import Health
from chatd.actors.workers.standbys import Standbys
from chatd.clock import now
from chatd.contract.doctor import AskDoctor
from chatd.contract.server import FollowerLoad, ServerFollowers
from chatd.handlers import doctor, machine
from chatd.handlers.doctor import DAY, Doctor
from chatd.ports import Caller
from chatd.settings import Settings

GIB = 2**30


def states(checks: Any) -> list[tuple[str, str]]:
    return [(check.topic, check.state) for check in checks]


@pytest.mark.parametrize(
    ("free", "total", "state"),
    [
        (GIB // 8, 100 * GIB, "wrong"),
        (5 * GIB, 100 * GIB, "look"),
        (30 * GIB, 1000 * GIB, "fine"),
        (5 * GIB, 10 * GIB, "fine"),
    ],
)
def test_a_disk_is_fine_while_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, total: int, state: str
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=free, total=total))
    assert states(machine.disk(tmp_path))[0] == ("disk", state)


def test_little_space_is_told_in_small_units(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = SimpleNamespace(free=20 * 2**20, total=3 * GIB)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    assert "20 MiB of 3.0 GiB are free" in next(iter(machine.disk(tmp_path))).says


def test_a_folder_that_is_gone_is_wrong(tmp_path: Path) -> None:
    assert states(machine.disk(tmp_path / "gone")) == [("disk", "wrong")]


@pytest.mark.parametrize(("mode", "state"), [(0o700, None), (0o750, "look"), (0o707, "wrong")])
def test_the_data_folder_is_for_its_owner_alone(tmp_path: Path, mode: int, state: str | None) -> None:
    tmp_path.chmod(mode)
    said = [check for check in machine.folder(tmp_path) if str(tmp_path) in check.says and check.remedy]
    assert [check.state for check in said if "chmod" in (check.remedy or "")] == ([state] if state else [])


def test_as_many_files_may_be_open_as_there_may_be_connections() -> None:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert machine.open_files(1).state == "fine"
    assert machine.open_files(soft).state == "look"


def test_sqlite_is_said_with_its_version() -> None:
    [check] = machine.sqlite()
    assert check.state in ("fine", "look")
    assert "THREADSAFE=" in check.says


async def test_a_clock_that_is_not_the_disks_is_worth_a_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")  # no timedatectl
    assert states(await machine.clock(tmp_path)) == [("clock", "fine")]
    before = time.time
    monkeypatch.setattr(time, "time", lambda: before() - 60)
    [check] = await machine.clock(tmp_path)
    assert (check.state, check.says) == ("look", "files are made 60 s ahead of this machine's clock")


@pytest.mark.parametrize(("says", "state"), [("yes", "fine"), ("no", "look"), ("", "fine")])
async def test_the_system_says_whether_its_clock_is_synchronized(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, state: str
) -> None:
    program = tmp_path / "timedatectl"
    program.write_text(f"#!/bin/sh\necho {says}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert states(await machine.clock(tmp_path)) == [("clock", state)]


@attrs.define
class Ward:
    """What the doctor looks at, as it is told."""

    newest: int | None = None
    followers_found: list[FollowerLoad] = attrs.Factory(list)
    days: float | OSError = 90.0
    counts: dict[str, int] = attrs.Factory(dict)
    crashes: int = 0
    problems: list[str] | None = None  # of the cluster, if it is a node of one
    failed_because: str | None = None  # of the newest try of a backup

    async def status(self) -> SimpleNamespace:
        return SimpleNamespace(problems=self.problems)

    async def newest_backup(self) -> int | None:
        return self.newest

    async def followers(self, caller: Caller, query: object) -> ServerFollowers:
        return ServerFollowers(followers=self.followers_found)

    @property
    def figures(self) -> SimpleNamespace:
        pusher = SimpleNamespace(counts=self.counts)
        return SimpleNamespace(pusher=pusher, restarts=lambda: [("scheduler", self.crashes)])

    async def days_left(self, url: str) -> float:
        if isinstance(self.days, OSError):
            raise self.days
        return self.days

    async def asked(self, data: Path, health: Health | None = None, **settings: Any) -> dict[str, list[Any]]:
        """By topic."""
        asked: Any = (
            Settings(data=data, **settings),
            health or Health(),
            self,
            self,
            Standbys(),
            self if self.problems is not None else None,
            self.days_left,
            self,
        )
        answer = await Doctor(*asked).doctor(Caller("x"), AskDoctor())
        assert answer.ok is all(check.state != "wrong" for check in answer.checks)
        found: dict[str, list[Any]] = {}
        for check in answer.checks:
            assert (check.remedy is None) is (check.state == "fine")
            found.setdefault(check.topic, []).append(check)
        return found


async def state_of(ward: Ward, topic: str, data: Path, **settings: Any) -> list[str]:
    return [check.state for check in (await ward.asked(data, **settings)).get(topic, [])]


async def test_what_the_cluster_lacks_is_worth_a_look(tmp_path: Path) -> None:
    assert await state_of(Ward(), "cluster", tmp_path) == []
    assert await state_of(Ward(problems=[]), "cluster", tmp_path) == ["fine"]
    problems = ["the node n2 is not heard; start it", "no NATS server can be had"]
    found = (await Ward(problems=problems).asked(tmp_path))["cluster"]
    assert [(check.state, check.says, check.remedy) for check in found] == [
        ("look", "the node n2 is not heard", "start it"),
        ("look", "no NATS server can be had", "see `chatctl cluster status`"),
    ]


async def test_backups_are_made_or_it_is_said_what_to_do(tmp_path: Path) -> None:
    assert await state_of(Ward(), "backups", tmp_path) == ["look"]
    assert await state_of(Ward(now() - 2 * DAY), "backups", tmp_path) == ["fine"]
    assert await state_of(Ward(now() - 9 * DAY), "backups", tmp_path) == ["look"]
    assert await state_of(Ward(), "backups", tmp_path, backup_to=str(tmp_path / "b")) == ["fine"]
    [check] = (await Ward(failed_because="no space is left").asked(tmp_path, backup_to="/b"))["backups"]
    assert (check.state, check.says) == (
        "look",
        "made every 24 hours to /b; the last try failed: no space is left",
    )


async def test_what_health_knows_is_wrong(tmp_path: Path) -> None:
    found = await Ward().asked(tmp_path, Health(clock="the clock went back; see to it"))
    [check] = found["server"]
    assert (check.says, check.remedy) == ("the clock went back", "see to it")


@pytest.mark.parametrize(
    ("days", "state"), [(90.0, "fine"), (9.0, "look"), (1.0, "wrong"), (OSError("it has expired"), "wrong")]
)
async def test_a_certificate_is_renewed_in_time(tmp_path: Path, days: Any, state: str) -> None:
    url = "https://chat.example.org"
    assert await state_of(Ward(days=days), "certificate", tmp_path, public_url=url) == [state]
    assert await state_of(Ward(days=days), "certificate", tmp_path) == []


@pytest.mark.parametrize(
    ("settings", "states"),
    [
        ({}, ["fine"]),
        ({"limits": False}, ["wrong"]),
        ({"views": False}, ["wrong"]),
        ({"trusted_proxies": ("0.0.0.0/0",)}, ["wrong"]),
        ({"sign_up": "open", "log_level": "debug"}, ["look", "look"]),
        ({"host": "0.0.0.0"}, ["look"]),
    ],
)
async def test_dangerous_settings_are_named(
    tmp_path: Path, settings: dict[str, Any], states: list[str]
) -> None:
    assert await state_of(Ward(), "settings", tmp_path, **settings) == states


def load(**more: Any) -> FollowerLoad:
    usual = {
        "name": "notifier",
        "position": 1,
        "head": 1,
        "lag": 0,
        "late_ms": 0,
        "restarts": 0,
        "error": None,
    }
    return FollowerLoad(**{**usual, **more})


@pytest.mark.parametrize(
    ("follower", "state"),
    [
        (load(), "fine"),
        (load(error="it crashed"), "wrong"),
        (load(lag=doctor.FAR_BEHIND + 1), "look"),
        (load(late_ms=doctor.LATE + 1), "look"),
    ],
)
async def test_who_follows_the_log_is_up_with_it(tmp_path: Path, follower: FollowerLoad, state: str) -> None:
    assert await state_of(Ward(followers_found=[follower]), "followers", tmp_path) == [state]


async def test_failed_deliveries_and_crashes_are_worth_a_look(tmp_path: Path) -> None:
    ward = Ward(counts={"sent": 5, "refused": 2}, crashes=1)
    assert await state_of(ward, "web push", tmp_path, push_contact="mailto:a@example.org") == ["look"]
    assert await state_of(ward, "workers", tmp_path) == ["look"]
    assert await state_of(Ward(), "workers", tmp_path) == ["fine"]
