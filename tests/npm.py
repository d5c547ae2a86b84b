"""Packages of npm that a test needs beside Python: what a lock file pins, installed once."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

INSTALL_SECONDS = 120


def installed(folder: Path) -> Path:
    """The `node_modules` of `folder`'s package.json and package-lock.json, in the user's cache.

    Several runs of the tests may ask at the same time; who comes second takes what is there.
    """
    if shutil.which("node") is None or shutil.which("npm") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Node.js and npm are missing, and CI must not go without what needs them")
        pytest.skip("Node.js or npm is missing")
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
    subprocess.run(command, cwd=fresh, check=True, stdin=subprocess.DEVNULL, timeout=INSTALL_SECONDS)
    try:
        fresh.rename(place)
    except OSError:
        if not place.exists():
            raise
        shutil.rmtree(fresh)
