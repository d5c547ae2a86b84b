"""docs/operations.md where there is no package: the one file is unpacked, and systemd runs what was in it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator

import pytest
from released import executable, release

from .blocks import ROOT, blocks
from .machine import ENVIRONMENT, Machine, NoMachine
from .shell import Shell
from .test_operations import DEADLINE, OPERATIONS


@pytest.fixture
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    file = executable(release(tmp_path_factory))
    try:
        machine = Machine(ROOT, tmp_path_factory.mktemp("other") / "log")
    except NoMachine as reason:
        pytest.skip(str(reason))
    shutil.copy(file, machine.root / "root")
    yield machine
    machine.end()


def test_the_one_file_is_installed_and_serves(machine: Machine) -> None:
    """Although nothing of the machine's own Python is there any more."""
    shell = Shell(machine.root / "root", ENVIRONMENT, machine.entering, "/root")
    try:
        shell.type("mount -t tmpfs none /usr/lib/python3.11 2>/dev/null || true\n")
        for block in blocks(OPERATIONS):
            if block.runner == "other machine":
                shell.type(block.text)
        assert shell.type("systemctl is-active chatd.socket chatd.service\n") == "active\nactive\n"
        started = time.monotonic()
        shell.type("export CHATD_DATA=/var/lib/chatd\nchatctl account create ada --admin\n")
        assert time.monotonic() - started < DEADLINE
        assert '"accounts": 1' in shell.type("chatctl --json server status\n")
        shell.type("systemctl stop chatd.socket chatd\n")
        assert shell.type("systemctl show --property=Result chatd\n") == "Result=success\n"
    finally:
        shell.end()
