"""`chatctl cluster` before there is a cluster: whoever reads no page knows afterwards what to write where."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.nats_servers import NatsServers, nats_servers
from chatctl.commands import cluster
from chatd.contract.cluster import ClusterStatus, ClusterStream
from chatd.nats.credentials import new_seed, private_key, public_key, read_file
from chatd.settings import Settings


@pytest.fixture(scope="module")
def nats() -> Iterator[NatsServers]:
    with nats_servers(1) as servers:
        yield servers


def monitored(nats: NatsServers) -> list[str]:
    return [word for monitor in nats.monitors for word in ("--monitor", monitor)]


def test_join_prints_settings_that_a_server_takes(nowhere, nats):
    result = nowhere.run("cluster", "join", *nats.urls, *monitored(nats), "--name", "hopper")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("# the cluster hopper does not exist yet: the first start founds it\n")
    settings = tomllib.loads(result.stdout)
    assert settings == {
        "cluster_servers": nats.urls,
        "cluster_monitors": nats.monitors,
        "cluster_name": "hopper",
        "cluster_replicas": 1,
    }
    assert "files_store" in result.stdout
    lists = {name: tuple(value) for name, value in settings.items() if isinstance(value, list)}
    assert Settings(**{**settings, **lists}, files_shared=True)
    made = nowhere.json("cluster", "join", *nats.urls, *monitored(nats))
    assert made["exists"] is False
    assert 'cluster_name = "chatd"' in made["settings"]


def test_join_speaks_with_servers_whose_certificate_is_signed_by_ones_own(nowhere, nats, tmp_path):
    ca = tmp_path / "ca.pem"
    refused = nowhere.refused("cluster", "join", *nats.urls, *monitored(nats), "--ca", str(ca))
    assert f"{ca} holds no certificates" in refused
    ca.write_text("nothing of the kind\n")
    refused = nowhere.refused("cluster", "join", *nats.urls, *monitored(nats), "--ca", str(ca))
    assert f"{ca} holds no certificates" in refused


@pytest.mark.parametrize(
    ("server", "monitor", "said"),
    [
        ("127.0.0.1:4222", "http://127.0.0.1:8222", "an address is nats://HOST:PORT"),
        ("nats://127.0.0.1:1", "127.0.0.1:8222", "an address is http://HOST:PORT"),
        ("nats://127.0.0.1:1", "http://127.0.0.1:8222", "no NATS server can be had: 127.0.0.1:1: "),
    ],
)
def test_join_says_in_one_line_what_is_wrong(nowhere, server, monitor, said):
    assert said in nowhere.refused("cluster", "join", server, "--monitor", monitor)


def test_an_nkey_opens_the_servers_whose_file_has_the_line_that_is_printed(nowhere, tmp_path: Path):
    seed = tmp_path / "node.seed"
    line = nowhere("cluster", "nkey", str(seed)).strip()
    assert seed.stat().st_mode & 0o777 == 0o600
    assert public_key(private_key(read_file(seed).seed)) in line
    other = tmp_path / "other.seed"
    other.write_text(new_seed())
    with nats_servers(1, more=[line]) as closed:
        how = [*closed.urls, *monitored(closed)]
        settings = tomllib.loads(nowhere("cluster", "join", *how, "--credentials", str(seed)))
        assert settings["cluster_credentials"] == str(seed)
        for credentials in ((), ("--credentials", str(other))):
            assert "it refuses: Authorization Violation" in nowhere.refused(
                "cluster", "join", *how, *credentials
            )


def test_an_nkey_never_takes_the_place_of_another(nowhere, tmp_path: Path):
    seed = tmp_path / "node.seed"
    made = nowhere.json("cluster", "nkey", str(seed))
    assert made["nkey"].startswith("U")
    before = seed.read_text()
    assert "cannot be made: File exists" in nowhere.refused("cluster", "nkey", str(seed))
    assert seed.read_text() == before


def test_what_a_stream_that_does_not_answer_holds_is_not_said_to_be_nothing(nowhere, monkeypatch):
    stream = ClusterStream(messages=0, bytes=0, first=0, last=0, replicas=[])
    status = ClusterStatus(
        name="hopper",
        node="n0",
        leader="n0",
        level=1,
        key=1,
        stream=stream,
        nodes=[],
        problems=["it does not answer"],
    )
    monkeypatch.setattr(cluster, "_status", lambda _: status)
    said = nowhere("cluster", "status")
    about = dict(line.split("\t", 1) for line in said.splitlines() if "\t" in line)
    assert (about["stream"], about["kept by"]) == ("not known", "not known")
    assert "it does not answer" in said
