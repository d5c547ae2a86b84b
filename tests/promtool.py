"""`promtool` of Prometheus: says whether metrics, rules and queries are what Prometheus takes."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

SECONDS = 30


def promtool(*arguments: str, text: bytes = b"") -> str:
    """Runs it; what it said. Fails the test when it finds something."""
    program = shutil.which("promtool")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("promtool is missing, and CI must not go without what needs it")
        pytest.skip("promtool is missing")
    done = subprocess.run(
        [program, *arguments], input=text, capture_output=True, check=False, timeout=SECONDS
    )
    said = (done.stdout + done.stderr).decode()
    assert done.returncode == 0, said
    return said
