"""What `make dist` makes, for the tests that need it: made once, for all that run beside each other."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import built
import pytest
import workers

from chatd import __version__
from release.__main__ import TOOLS

ROOT: Final = Path(__file__).parents[1]
BUILD_SECONDS: Final = 240


def release(temporary: pytest.TempPathFactory) -> Path:
    """The folder. Skips the test where tools are missing; in CI that is a failure."""
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        said = f"not installed: {', '.join(missing)} (.ci/run installs what is missing)"
        pytest.fail(said) if os.environ.get("CI") else pytest.skip(said)
    built.client()
    shared = workers.shared_folder(temporary)
    folder = shared / "release"
    with (shared / "release.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "SHA256SUMS").exists():  # the last file that is written
            command = [sys.executable, "-m", "release", "--quick", str(folder)]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=BUILD_SECONDS)
            assert done.returncode == 0, done.stdout + done.stderr
    return folder


def executable(folder: Path) -> Path:
    """The one file of a release."""
    [found] = folder.glob(f"chatd-{__version__}-linux-{os.uname().machine}")
    return found
