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


@pytest.mark.parametrize(("name", "loads"), [("ada", False), ("zoë", True)])
def test_a_name_in_ascii_needs_no_tables_of_unicode(name: str, loads: bool) -> None:
    script = f"from chatd.domain.account.decide import validate_name; validate_name({name!r})"
    assert ("regex" in loaded_by(script)) == loads
