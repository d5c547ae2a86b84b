"""The file that an admin begins with, when all that is meant to be used in it is used."""

from __future__ import annotations

import subprocess
from pathlib import Path

from self_signed import certificate

from bench.nats_servers import BINARY
from chatd.nats.credentials import new_seed, private_key, public_key

FILE = Path(__file__).parents[2] / "release" / "cluster" / "nats-server.conf"


def test_the_nats_server_takes_its_file_with_tls_and_an_nkey(tmp_path: Path) -> None:
    """All that stands in it behind a `#` and is meant to be used, with a certificate for the name in it."""
    text = FILE.read_text()
    written, key = certificate(tmp_path)
    seed = new_seed()
    for before, after in {
        "# tls {": "tls {",
        "# authorization {": "authorization {",
        "UA...": public_key(private_key(seed)),
        "/etc/nats/tls/server.pem": str(written),
        "/etc/nats/tls/server.key": str(key),
        "/etc/nats/tls/ca.pem": str(written),
    }.items():
        assert before in text
        text = text.replace(before, after)
    (tmp_path / "nats.conf").write_text(text)
    told = subprocess.run(
        [str(BINARY), "-t", "-c", str(tmp_path / "nats.conf")], capture_output=True, text=True, timeout=60
    )
    assert told.returncode == 0, told.stderr
