"""Node, and the packages of npm that a test needs beside Python: what a lock file pins, installed once."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

WITH_NODE = Path(__file__).parents[1] / "web" / "node.sh"  # decides which Node
INSTALL_SECONDS = 240


@cache
def path() -> str:
    """A `PATH` on which `node` and `npm` are new enough. Skips the test where there is no such Node."""
    command = [str(WITH_NODE), "sh", "-c", 'printf %s "$PATH"']
    asked = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS)
    if asked.returncode:
        if os.environ.get("CI") == "true":
            pytest.fail(f"no Node, and CI must not go without what needs it: {asked.stderr}")
        pytest.skip(asked.stderr)
    return asked.stdout


def environment(folder: Path) -> dict[str, str]:
    """In which `node` runs scripts that use the packages of `folder`."""
    return {**os.environ, "PATH": path(), "NODE_PATH": str(installed(folder))}


def installed(folder: Path) -> Path:
    """The `node_modules` of `folder`'s package.json and package-lock.json, in the user's cache.

    Several runs of the tests may ask at the same time; who comes second takes what is there.
    """
    lock = (folder / "package-lock.json").read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "chatd-e2e"
    place = cache / hashlib.sha256(lock).hexdigest()[:16]
    if not place.exists():
        _install(folder, place)
    return place / "node_modules"


def _install(folder: Path, place: Path) -> None:
    fresh = place.with_name(f"{place.name}.{os.getpid()}")
    fresh.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(folder / name, fresh)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    how = {"cwd": fresh, "env": {**os.environ, "PATH": path()}, "stdin": subprocess.DEVNULL}
    subprocess.run(command, check=True, timeout=INSTALL_SECONDS, **how)
    try:
        fresh.rename(place)
    except OSError:
        if not place.exists():
            raise
        shutil.rmtree(fresh)
