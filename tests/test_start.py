"""What a start loads, and that nothing that is loaded late fails then."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module

import chatd

# For people on a terminal, for plain HTTP, and for what most servers never use: not for a start.
LATE = {
    *("rich", "pygments", "structlog", "regex", "pyotp", "zoneinfo", "zxcvbn", "starlette"),
    *("jinja2", "httpx2", "joserfc", "cryptography", "prometheus_client"),
    *("chatd.client", "chatd.wiring.http"),
}


def modules() -> Iterator[str]:
    for module in pkgutil.walk_packages(chatd.__path__, "chatd."):
        yield module.name


def test_every_module_can_be_loaded() -> None:
    for name in modules():
        assert import_module(name).__name__ == name


def test_a_start_loads_what_it_needs_and_the_help_less() -> None:
    loaded = {
        script: set(
            subprocess.run(
                [sys.executable, "-c", f"import sys; {script}; print(*sys.modules)"],
                capture_output=True,
                text=True,
                check=True,
            ).stdout.split()
        )
        for script in ("import chatd.cli", "import chatd.cli, chatd.app")
    }
    of_help, of_start = loaded.values()
    assert not LATE & of_start
    assert "chatd.gateway.gateway" in of_start
    assert not {"trio", "chatd.app"} & of_help
