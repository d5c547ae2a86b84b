"""Signals that are not meant to end a server do not end it; SIGHUP reads its settings again."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from .conftest import Serve
from .serving import Server
from .talking import Client
from .town import Town

DEADLINE = 30.0


def logged(server: Server, event: str, count: int = 1) -> dict[str, Any]:
    """The `count`th line of the log with this event, when it has come."""
    ends = time.monotonic() + DEADLINE
    while time.monotonic() < ends:
        lines = [json.loads(line) for line in server.log.read_text().splitlines() if line.startswith("{")]
        if len(found := [line for line in lines if line["event"] == event]) >= count:
            return dict(found[count - 1])
        time.sleep(0.02)
    raise AssertionError(f"no {event} in\n{server.output()}")


def send(server: Server, number: signal.Signals) -> None:
    assert server.process is not None
    server.process.send_signal(number)


def admitted(server: Server, origin: str) -> bool:
    try:
        client = Client.dial(server, headers={"Origin": origin})
    except InvalidStatus:
        return False
    client.close()
    return True


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2])
def test_sighup_and_the_user_signals_cut_nobody_off(server: Server, number: signal.Signals) -> None:
    town = Town(server)
    client = town.open(town.owner)
    for _ in range(3):
        send(server, number)
        assert client.ask("space.list")["spaces"]
    town.close()


def test_origins_proxies_and_the_level_of_the_log_are_read_again(serve: Serve, tmp_path: Path) -> None:
    config = tmp_path / "chatd.toml"
    config.write_text('[chatd]\norigins = ["https://old.example"]\n')
    server = serve(arguments=("--config", str(config)))
    assert admitted(server, "https://old.example")
    config.write_text(
        '[chatd]\norigins = ["https://new.example"]\ntrusted_proxies = ["127.0.0.1"]\nserver_name = "Other"\n'
    )
    send(server, signal.SIGHUP)
    line = logged(server, "settings_reloaded")
    assert line["changed"] == ["origins", "trusted_proxies"]
    assert line["need_restart"] == ["server_name"]
    assert admitted(server, "https://new.example")
    assert not admitted(server, "https://old.example")

    config.write_text('[chatd]\nlog_level = "error"\norigins = ["https://newest.example"]\n')
    send(server, signal.SIGHUP)
    ends = time.monotonic() + DEADLINE
    while not admitted(server, "https://newest.example"):
        assert time.monotonic() < ends
    assert server.log.read_text().count("settings_reloaded") == 1, "the level is not error yet"


@pytest.mark.parametrize("broken", ["[chatd]\nport = []\n", "not toml", None])
def test_settings_that_are_no_good_change_nothing(serve: Serve, tmp_path: Path, broken: str | None) -> None:
    config = tmp_path / "chatd.toml"
    config.write_text('[chatd]\norigins = ["https://old.example"]\n')
    server = serve(arguments=("--config", str(config)))
    if broken is None:
        config.unlink()
    else:
        config.write_text(broken)
    send(server, signal.SIGHUP)
    assert logged(server, "settings_not_reloaded")["reason"]
    assert admitted(server, "https://old.example")
