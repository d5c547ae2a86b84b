"""What is done to the server as a whole, and by others to accounts, is a fact that stands in the audit."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chatd.contract.requests import REQUESTS
from chatd.store.ops.restore import restore

from .conftest import Serve, ended_well
from .raw import Peer
from .serving import Server
from .talking import DEADLINE, Client, Frame
from .town import Town
from .waiting_compaction import VARIABLE


def audit(client: Client, **wanted: Any) -> list[Frame]:
    entries: list[Frame] = client.ask("audit.list", **wanted)["entries"]
    return entries


def test_backups_and_rebuilt_views_stand_in_the_audit(serve: Serve, tmp_path: Path) -> None:
    town = Town(serve())
    admin = town.account("admin", admin=True)
    copy = tmp_path / "copy.db"
    made = town.operator.ask("backup.create", path=str(copy))
    town.open(admin).ask("view.rebuild", name="search")
    for client in (town.operator, town.open(admin)):
        (backup,) = audit(client, type="backup.created")
        assert backup["data"] == {"path": str(copy), "bytes": made["bytes"], "upto": made["position"]}
        assert backup["by"].startswith("operator:")
        (view,) = audit(client, type="view.rebuilt")
        assert (view["by"], view["data"]) == (admin.id, {"view": "search"})
        assert [entry["stream"] for entry in (view, backup)] == ["server/main"] * 2
        assert audit(client)[:2] == [view, backup], "the newest first"
        assert audit(client, by=admin.id, limit=1) == [view]
    assert town.operator.refusal("backup.create", path=str(copy))["code"] == "conflict"
    assert len(audit(town.operator, type="backup.created")) == 1, "nothing was made"
    member = town.open(town.member())
    assert member.refusal("audit.list")["code"] == "forbidden"
    assert member.refusal("event.list", after=0, stream="server/main")["code"] == "forbidden"
    town.assert_sound()
    town.close()


def test_a_compaction_is_in_the_audit(serve: Serve) -> None:
    town = Town(serve())
    done = town.operator.ask("server.compact")
    (fact,) = audit(town.operator, type="server.compacted")
    assert (fact["stream"], fact["data"]) == ("server/main", done)
    assert fact["by"].startswith("operator:")
    town.assert_sound()
    town.close()


def test_what_others_did_to_accounts_is_in_the_audit(serve: Serve) -> None:
    town = Town(serve())
    whom = town.account("whom")
    town.open(whom).ask("account.update", display_name="Of my own accord")
    operator = town.operator
    operator.ask("account.disable", account=whom.id)
    operator.ask("account.enable", account=whom.id)
    operator.ask("account.recovery_link", account=whom.id)
    operator.ask("account.erase", account=whom.id, reason="wished for")
    told = audit(operator, account=whom.id)
    assert [entry["type"] for entry in told] == [
        "account.deleted",
        "account.updated",
        "account.secured",
        "account.updated",
        "account.updated",
        *("account.secured" for entry in told if entry["data"].get("change") == "token_made"),
        "account.created",
    ]
    assert told[0]["data"]["reason"] == "wished for"
    assert all(entry["by"].startswith("operator:") for entry in told)
    assert audit(operator, type="account.deleted", account=whom.id) == told[:1]
    pages = [audit(operator, account=whom.id, before=told[0]["position"], limit=2)]
    assert pages[0] == told[1:3]
    town.close()


def test_a_restore_is_logged_once_by_the_server_that_starts_on_it(serve: Serve, tmp_path: Path) -> None:
    town = Town(serve())
    made = town.operator.ask("backup.create", path=str(tmp_path / "copy.db"))
    town.close()
    restore(tmp_path / "copy.db", tmp_path / "again")
    server = Server(tmp_path / "again")
    try:
        for _ in range(2):
            server.start()
            operator = Client.operator(server)
            (fact,) = audit(operator, type="backup.restored")
            assert fact["by"].startswith("operator:")
            assert fact["data"]["upto"] == made["position"]
            assert 0 <= fact["at"] - fact["data"]["restored_at"] < 600_000
            assert operator.ask("server.verify")["findings"] == []
            operator.close()
            ended_well(server)
    finally:
        server.kill()


@pytest.mark.parametrize("way", ["admin socket", "WebSocket", "HTTP"])
def test_an_act_whose_caller_left_in_the_middle_is_in_the_audit(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    go_on = tmp_path / "go on"
    os.mkfifo(go_on)
    monkeypatch.setenv(VARIABLE, str(go_on))
    town = Town(serve(program=(str(Path(__file__).with_name("waiting_compaction.py")),)))
    admin = town.account("admin", admin=True)
    if way == "HTTP":
        peer = Peer(town.server)
        about = {"Authorization": f"Bearer {admin.token}", "Content-Type": "application/json"}
        peer.get("/api/v1/server/compact", method="POST", headers={**about, "Content-Length": "2"})
        peer.send(b"{}")
        leaving = peer.socket
    else:
        client = Client.operator(town.server) if way == "admin socket" else town.open(admin)
        client.send("server.compact")
        leaving = client.connection.socket
    wait_until(lambda: compacting(town))
    leaving.shutdown(socket.SHUT_RDWR)
    leaving.close()
    go_on.open("wb").close()
    wait_until(lambda: not compacting(town))
    wait_until(lambda: audit(town.operator, type="server.compacted") != [])
    town.assert_sound()
    town.close()


def compacting(town: Town) -> bool:
    return town.operator.ask("server.status").get("compacting") is not None


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"


def test_what_only_an_account_has_is_forbidden_to_an_operator(town: Town) -> None:
    """Asked of every query that needs to be told nothing. `invalid` would mean that the question was wrong,
    so it says which field would mend it."""
    forbidden = set()
    for row in REQUESTS.values():
        needs = any(field.required for field in msgspec.structs.fields(row.request))
        if row.kind == "query" and not needs:
            reply = town.operator.reply(town.operator.send(row.name))
            match reply.get("error", {}).get("code"):
                case "forbidden":
                    forbidden.add(row.name)
                case "invalid":
                    assert any(name in reply["error"]["message"] for name in row.fields), reply
    assert forbidden >= {"notification.list", "draft.list", "unread.list", "block.list"}
