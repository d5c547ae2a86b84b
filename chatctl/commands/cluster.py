"""`chatctl cluster …`: several servers that share one log."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import rich_click as click

from chatctl.connection import Connection
from chatctl.failure import Failed
from chatctl.output import plain, print_json, print_line, print_result, print_table, size

if TYPE_CHECKING:
    from chatd.contract.cluster import ClusterStatus

SERVERS = "nats://HOST:PORT"


@click.group("cluster")
def command() -> None:
    """The nodes of a cluster: servers that share one log."""


@command.command()
@click.pass_obj
def status(connection: Connection) -> None:
    """The nodes, how far each is, and the stream between them."""
    answer = _status(connection)
    if connection.json:
        print_json(plain(answer))
        return
    stream = answer.stream
    about = {
        "cluster": answer.name,
        "leader": answer.leader,
        "stream": f"{stream.messages} messages, {size(stream.bytes)}",
        "kept by": ", ".join(f"{one.server}{' (leader)' if one.leader else ''}" for one in stream.replicas),
        "key": f"number {answer.key}",
        "level": answer.level,
    }
    print_table(("", ""), [(name, str(value)) for name, value in about.items()])
    rows = [
        (
            f"{node.name}{' (this one)' if node.here else ''}",
            node.state.replace("_", " "),
            str(node.lag),
            node.version,
            node.url,
        )
        for node in answer.nodes
    ]
    print_table(("node", "state", "behind", "version", "url"), rows)
    for problem in answer.problems:
        print_line(problem)


@command.command()
@click.pass_obj
def doctor(connection: Connection) -> None:
    """What is not well, and what to do about it; status 1 when something is."""
    answer = _status(connection)
    print_result(connection, answer.problems, "\n".join(answer.problems) or "the cluster is well")
    if answer.problems:
        sys.exit(1)


@command.command()
@click.argument("servers", nargs=-1, required=True, metavar=f"{SERVERS}...")
@click.option("--monitor", "monitors", multiple=True, required=True, metavar="http://HOST:PORT")
@click.option("--name", default="chatd", show_default=True, help="What the cluster is called.")
@click.option("--credentials", metavar="FILE", help="NATS credentials, or the seed of an nkey.")
@click.pass_obj
def join(
    connection: Connection,
    servers: tuple[str, ...],
    monitors: tuple[str, ...],
    name: str,
    credentials: str | None,
) -> None:
    """Try the NATS servers, and print the settings with which a server becomes a node.

    Changes nothing. A server with a database founds the cluster with its next start, if there is none yet;
    one with an empty folder gets a copy.
    """
    import trio

    from chatd.cluster.trying import Tried, try_servers
    from chatd.ports import StoreError

    async def tried() -> Tried:
        return await try_servers(servers, monitors, name, credentials)

    try:
        found = trio.run(tried)
    except* StoreError as errors:
        raise Failed(str(errors.exceptions[0])) from None
    lines = [
        "[chatd]",
        f"cluster_servers = [{', '.join(_quoted(server) for server in servers)}]",
        f"cluster_monitors = [{', '.join(_quoted(monitor) for monitor in monitors)}]",
        f"cluster_name = {_quoted(name)}",
        f"cluster_replicas = {min(3, max(1, found.servers))}",
        *([f"cluster_credentials = {_quoted(credentials)}"] if credentials else ()),
    ]
    what = (
        "exists: start a server with an empty folder"
        if found.exists
        else "does not exist yet: the first start founds it"
    )
    sentence = "\n".join([f"the cluster {name} {what}", *lines])
    print_result(connection, {"exists": found.exists, "version": found.version}, sentence)


@command.command()
@click.argument("node")
@click.pass_obj
def leave(connection: Connection, node: str) -> None:
    """Forget a node that does not come back, so that nothing is kept for it.

    What its folder holds becomes a server of its own with `chatd leave`.
    """
    from chatd.contract.cluster import RemoveNode
    from chatd.contract.spec import Done

    connection.ask(RemoveNode(node), Done)
    print_result(connection, {"node": node}, f"the cluster keeps nothing for {node} any more")


def _status(connection: Connection) -> ClusterStatus:
    from chatd.contract.cluster import ClusterStatus, GetClusterStatus

    return connection.ask(GetClusterStatus(), ClusterStatus)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
