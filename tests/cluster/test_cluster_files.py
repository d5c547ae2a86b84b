"""The files that an admin begins with: what reads them takes them, and chatd takes what they make."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml
from e2e.serving import DidNotStart, Server

from bench.nats_servers import BINARY
from chatd.settings import Settings

FILES = Path(__file__).parents[2] / "release" / "cluster"


def test_the_nats_server_takes_its_file() -> None:
    told = subprocess.run(
        [str(BINARY), "-t", "-c", str(FILES / "nats-server.conf")], capture_output=True, text=True, timeout=60
    )
    assert told.returncode == 0, told.stderr
    text = (FILES / "nats-server.conf").read_text()
    assert "sync_interval: always" in text
    assert "max_payload: 8MB" in text


def test_the_compose_file_names_settings_that_there_are() -> None:
    chatd = yaml.safe_load((FILES / "compose.yaml").read_text())["services"]["chatd"]
    names = {name.removeprefix("CHATD_").lower() for name in chatd["environment"]}
    assert names <= set(Settings.__annotations__)


def test_the_compose_file_keeps_what_the_image_keeps() -> None:
    """A volume at another place is empty for ever, and what the node has goes with its container."""
    services = yaml.safe_load((FILES / "compose.yaml").read_text())["services"]
    image = (FILES.parent / "Containerfile").read_text()
    places = [volume.split(":")[1] for volume in services["chatd"]["volumes"]]
    assert f"CHATD_DATA={places[0]} " in image
    store = re.search(r"store_dir: (\S+)", (FILES / "nats-server.conf").read_text())
    assert store is not None
    assert store[1] in [volume.split(":")[1] for volume in services["nats"]["volumes"]]


def test_files_of_one_machine_are_refused(tmp_path: Path) -> None:
    server = Server(
        tmp_path / "data", cluster_servers="nats://127.0.0.1:1", cluster_monitors="http://127.0.0.1:1"
    )
    with pytest.raises(DidNotStart, match="need one place for files"):
        server.start()
