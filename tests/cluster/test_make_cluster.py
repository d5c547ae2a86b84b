"""`make cluster`: three links, and one for the first account as long as there is none."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"n2: make the first account at (http://\S+)/setup\?code=(\S+)")

pytestmark = pytest.mark.timeout(180)


@contextmanager
def making(folder: Path) -> Iterator[Iterator[str]]:
    """Its lines, as they come."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.cluster", "--port", "0"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout:
        try:
            yield iter(process.stdout)
        finally:
            process.terminate()
            status = process.wait()
    assert status == 0


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
