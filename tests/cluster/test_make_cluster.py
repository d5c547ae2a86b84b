"""`make cluster`: three links, one for the first account as long as there is none, and how to break it and
mend it."""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "bench.cluster", "--port", "0"]
LINK = re.compile(r"n2: make the first account at (http://\S+)/setup\?code=(\S+)")

pytestmark = pytest.mark.timeout(180)


@contextmanager
def making(folder: Path) -> Iterator[Iterator[str]]:
    """Its lines, as they come; ended as by Ctrl-C, which reaches all that are in the foreground."""
    process = subprocess.Popen(
        COMMAND, cwd=folder, env=environment(), stdout=subprocess.PIPE, text=True, process_group=0
    )
    assert process.stdout is not None
    with process.stdout:
        try:
            yield iter(process.stdout)
        finally:
            os.killpg(process.pid, signal.SIGINT)
            status = process.wait()
    assert status == 0


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT)}


def log(folder: Path, node: str) -> str:
    return (folder / "cluster-data" / node / "log").read_text()


def test_the_link_to_the_first_account_is_printed_until_there_is_one(tmp_path: Path) -> None:
    listening, links = [], []
    for _ in range(2):
        with making(tmp_path) as lines:
            for line in lines:
                listening += re.findall("n[012]: listening on", line)
                if link := LINK.search(line):
                    links.append(link.groups())
                    break
                assert "first account" not in line
    assert listening == [f"n{number}: listening on" for number in range(3)] * 2
    assert links[0][1] != links[1][1]
    with making(tmp_path) as lines:
        url, code = next(found.groups() for line in lines if (found := LINK.search(line)))
        form = {"code": code, "name": "ada", "password": "a lantern over seven still ponds", "space": "Team"}
        with urlopen(f"{url}/setup", urlencode({**form, "room": "lobby"}).encode(), timeout=30) as page:
            assert "lobby" in page.read().decode()


def test_nodes_end_before_their_servers_and_a_second_one_does_not_touch_what_the_first_one_has(
    tmp_path: Path,
) -> None:
    with making(tmp_path) as lines:
        next(line for line in lines if line.startswith("Ctrl-C"))
        data = tmp_path / "cluster-data"
        files = {file: file.read_bytes() for file in [*data.glob("*.toml"), *data.glob("nats/*.conf")]}
        second = subprocess.run(COMMAND, cwd=tmp_path, env=environment(), capture_output=True, text=True)
        assert second.returncode == 1
        assert second.stderr == "another `make cluster` runs on ./cluster-data; end that one first\n"
        assert len(files) == 6
        assert files == {file: file.read_bytes() for file in files}
    for node in ("n0", "n1", "n2"):
        assert '"stopped"' in log(tmp_path, node)
        assert "nats_lost" not in log(tmp_path, node)


def test_what_is_killed_is_named_with_the_command_that_starts_it_again(tmp_path: Path) -> None:
    with making(tmp_path) as lines:
        next(line for line in lines if line.startswith("Ctrl-C"))
        for victim, line in (
            (f"{tmp_path}/cluster-data/nats/s1.conf", "the NATS server s1 was ended by SIGKILL"),
            ("cluster-data/n1.toml", "n1 was ended by SIGKILL"),
        ):
            os.kill(process_with(victim, tmp_path), signal.SIGKILL)
            said = next(
                each for each in lines if "to start it again" in each
            )  # its own lines come when they come
            assert said.startswith(f"{line}; to start it again: ")
            again = subprocess.Popen(
                shlex.split(said.partition("again: ")[2]),
                cwd=tmp_path,
                env=environment(),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            assert again.stdout is not None
            if line.startswith("n1"):
                assert again.stdout.readline().startswith("listening on http://127.0.0.1:")
            again.terminate()
            again.communicate()


def test_a_node_that_does_not_start_says_why(tmp_path: Path) -> None:
    held = socket.create_server(("127.0.0.1", 0))
    with held:
        port = held.getsockname()[1]
        command = [*COMMAND[:-1], str(port)]
        made = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True)
    assert made.returncode == 1
    assert made.stderr.startswith("the node n0 did not start: ")
    assert str(port) in made.stderr
    assert made.stdout == ""


def process_with(argument: str, folder: Path) -> int:
    """The process that was started in the folder with this argument."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                arguments = (entry / "cmdline").read_bytes().decode().split("\0")
                if argument in arguments and os.readlink(entry / "cwd") == str(folder):
                    return int(entry.name)
    raise AssertionError(f"no process was started with {argument}")
