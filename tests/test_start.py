"""What a start loads, and that nothing that is loaded late fails then."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module

import pytest

import chatd

# For people on a terminal, for plain HTTP, and for what most servers never use: not for a start.
LATE = {
    *("rich", "pygments", "structlog", "regex", "pyotp", "zoneinfo", "zxcvbn", "starlette", "h11"),
    *("jinja2", "httpx2", "joserfc", "cryptography", "prometheus_client"),
    *("chatd.client", "chatd.wiring.http"),
}


def modules() -> Iterator[str]:
    for module in pkgutil.walk_packages(chatd.__path__, "chatd."):
        yield module.name


def test_every_module_can_be_loaded() -> None:
    for name in modules():
        assert import_module(name).__name__ == name


def loaded_by(script: str) -> set[str]:
    command = [sys.executable, "-c", f"import sys; {script}; print(*sys.modules)"]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


def test_a_start_loads_what_it_needs_and_the_help_less() -> None:
    of_help, of_start = map(loaded_by, ("import chatd.cli", "import chatd.cli, chatd.app"))
    assert not LATE & of_start
    assert "chatd.gateway.gateway" in of_start
    assert not {"trio", "chatd.app"} & of_help


SERVE = "from chatd.command_line.late_modules import load_libraries; load_libraries(); import chatd.app"


def test_a_server_starts_without_tls_and_asyncio() -> None:
    assert not {"ssl", "_ssl", "asyncio", "_asyncio"} & loaded_by(SERVE)


@pytest.mark.parametrize(
    ("first", "loads"),
    [
        ("import trio; trio._ssl._stdlib_ssl.SSLContext", "_ssl"),
        ("import aiosqlite.core; aiosqlite.core.asyncio.sleep", "_asyncio"),
        ("import ssl; ssl.SSLContext", "_ssl"),
        ("import asyncio.events", "_asyncio"),
    ],
)
def test_what_a_start_left_out_comes_with_its_first_use_and_is_one_module(first: str, loads: str) -> None:
    same = "import ssl, asyncio, trio, aiosqlite.core as core"
    same += "; assert trio._ssl._stdlib_ssl.SSLError is ssl.SSLError and core.asyncio.sleep is asyncio.sleep"
    assert loads in loaded_by(f"{SERVE}; {first}")
    assert "_ssl" in loaded_by(f"{SERVE}; {first}; {same}")


@pytest.mark.parametrize(("name", "loads"), [("ada", False), ("zoë", True)])
def test_a_name_in_ascii_needs_no_tables_of_unicode(name: str, loads: bool) -> None:
    script = f"from chatd.domain.account.decide import validate_name; validate_name({name!r})"
    assert ("regex" in loaded_by(script)) == loads
