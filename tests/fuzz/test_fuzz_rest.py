"""schemathesis reads `/api/openapi.json` and asks the server, with all its checks; it must find nothing.

The gate makes the examples of the document and the cases that cover it, always the same. `make fuzz` draws
others besides, and follows ids from one request to the next.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from e2e.conftest import ended_well
from e2e.serving import Server
from e2e.town import Town

INPUTS = int(os.environ.get("FUZZ_INPUTS", "0"))  # of all operations together
SECONDS = 280 if INPUTS == 0 else 7_000
OPERATIONS = 140  # at least

HOOKS = Path(__file__).with_name("rest_checks.py")
CONFIG = """
hooks = "{hooks}"
max-failures = 20
continue-on-failure = true

[generation]
database = "none"

[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "409", "413", "415", "429", "431", "5xx"]

# A rule that no schema can say is not the schema's fault; `rest_checks` looks for what is.
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", "400", "401", "403", "404", "409", "429", "5xx"]

# What there is to be found.
[[operations]]
include-method = "GET"
parameters = {{ "path.space" = "{space}", "path.room" = "{room}", "path.seq" = {seq} }}

# They would end the token with which everything is asked, write files anywhere, or wait for half a minute.
[[operations]]
include-operation-id = [
  "account.sign_out", "account.delete", "account.change_password", "account.set_password",
  "account.erase", "account.disable", "account.set_admin", "device.revoke", "device.revoke_others",
  "backup.create", "event.list",
]
enabled = false
"""
# Two methods that a path does not take, of which others take one. The night has all.
FEW_METHODS = """
[phases.coverage]
unexpected-methods = ["DELETE", "QUERY"]
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "data").start()
    try:
        yield server
        ended_well(server)
    finally:
        server.kill()


@pytest.mark.timeout(SECONDS + 60)
def test_schemathesis_finds_nothing(server: Server, tmp_path: Path) -> None:
    town = Town(server)
    admin = town.account("admin", admin=True)
    with_town = town.open(admin)
    with_town.ask("invite.accept", code=town.code)
    town.operator.ask("member.set_role", space=town.space, account=admin.id, role="admin")
    room = town.room()
    with_town.ask("room.join", room=room)
    seq = with_town.ask("message.post", room=room, text="to be found")["seq"]
    town.close()
    config = tmp_path / "schemathesis.toml"
    told = CONFIG.format(hooks=HOOKS, space=town.space, room=room, seq=seq)
    config.write_text(told + FEW_METHODS if INPUTS == 0 else told)
    phases = "examples,coverage" if INPUTS == 0 else "examples,coverage,fuzzing,stateful"
    command = [
        *(str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(config), "run"),
        *(f"http://127.0.0.1:{server.port}/api/openapi.json", "-H", f"Authorization: Bearer {admin.token}"),
        *("--checks", "all", "--phases", phases, "--max-examples", str(max(INPUTS // OPERATIONS, 1))),
        # one: CPython 3.11 counts the depth of `ast.parse` for all threads together, and fails when two parse
        *("--workers", "1", "--no-color", "--warnings", "off"),
    ]
    run = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS, stdin=subprocess.DEVNULL
    )
    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]
    assert "No issues found" in run.stdout, run.stdout[-3000:]
