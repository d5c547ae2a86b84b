"""`chatctl cluster …`: several servers that share one log."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import rich_click as click

from chatctl.connection import Connection
from chatctl.count import counted
from chatctl.failure import Failed
from chatctl.output import plain, print_json, print_line, print_result, print_table, size

if TYPE_CHECKING:
    from chatd.contract.cluster import ClusterStatus

SERVERS = "nats://HOST:PORT"
FILES = (
    "# files must be the same for all nodes: a bucket, or a network disk as the folder `files` of each node",
    '# files_store = "s3"',
    "# files_shared = true",
)


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
        "stream": f"{counted(stream.messages, 'message')}, {size(stream.bytes)}"
        if stream.replicas
        else "not known",
        "kept by": ", ".join(f"{one.server}{' (leader)' if one.leader else ''}" for one in stream.replicas)
        or "not known",
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
    if connection.json:
        print_json(answer.problems)
    else:
        for line in answer.problems or ["the cluster is well"]:
            print_line(line)
    if answer.problems:
        sys.exit(1)


@command.command()
@click.argument("servers", nargs=-1, required=True, metavar=f"{SERVERS}...")
@click.option("--monitor", "monitors", multiple=True, required=True, metavar="http://HOST:PORT")
@click.option("--name", default="chatd", show_default=True, help="What the cluster is called.")
@click.option("--credentials", metavar="FILE", help="NATS credentials, or the seed of an nkey.")
@click.option("--ca", metavar="FILE", help="Certificates that those of the servers are signed with.")
@click.pass_obj
def join(
    connection: Connection,
    servers: tuple[str, ...],
    monitors: tuple[str, ...],
    name: str,
    credentials: str | None,
    ca: str | None,
) -> None:
    """Try the NATS servers, and print the settings with which a server becomes a node.

    What it prints is for the file of settings, below `[chatd]`.

    Changes nothing. A server with a database founds the cluster with its next start, if there is none yet;
    one with an empty folder gets a copy.
    """
    import trio

    from chatd.cluster.trying import Tried, try_servers
    from chatd.concurrency.first_error import first_error
    from chatd.log import log
    from chatd.ports import StoreError
    from chatd.settings import Settings

    async def tried() -> Tried:
        return await try_servers(servers, monitors, name, credentials, ca)

    try:  # what is printed must be taken
        Settings(cluster_servers=servers, cluster_monitors=monitors, cluster_name=name, files_shared=True)
    except ValueError as error:
        raise Failed(str(error)) from None
    problem: BaseException | None = None  # raised behind `except*`, which wraps it before Python 3.11.4
    try:
        with log.captured():  # what fails is said below
            found = trio.run(tried)
    except* StoreError as errors:
        problem = first_error(errors)
    if problem is not None:
        raise Failed(str(problem))
    settings = [
        f"cluster_servers = [{', '.join(_quoted(server) for server in servers)}]",
        f"cluster_monitors = [{', '.join(_quoted(monitor) for monitor in monitors)}]",
        f"cluster_name = {_quoted(name)}",
        f"cluster_replicas = {3 if found.servers >= 3 else 1}",
        *([f"cluster_credentials = {_quoted(_absolute(credentials))}"] if credentials else ()),
        *([f"cluster_ca = {_quoted(_absolute(ca))}"] if ca else ()),
    ]
    if connection.json:
        print_json({"exists": found.exists, "version": found.version, "settings": settings})
        return
    what = (
        "exists: start a server with an empty folder"
        if found.exists
        else "does not exist yet: the first start founds it"
    )
    for line in (f"# the cluster {name} {what}", *settings, *FILES):
        print_line(line)


@command.command()
@click.argument("file", type=click.Path(), metavar="FILE")
@click.pass_obj
def nkey(connection: Connection, file: str) -> None:
    """Make a key by which the NATS servers know the nodes.

    Its seed goes into FILE, for `cluster_credentials` of each node; its public part is printed, as a line for
    the NATS servers' files.
    """
    from chatd.nats.credentials import new_seed, private_key, public_key

    seed = new_seed()
    try:
        made = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except OSError as error:
        raise Failed(f"{file} cannot be made: {error.strerror}") from None
    with open(made, "w", encoding="ascii") as written:
        written.write(f"{seed}\n")
    public = public_key(private_key(seed))
    print_result(connection, {"nkey": public}, f"authorization {{ users: [{{ nkey: {public} }}] }}")


@command.command()
@click.argument("node")
@click.pass_obj
def leave(connection: Connection, node: str) -> None:
    """Forget a node that does not come back, so that nothing is kept for it.

    What its folder holds becomes a server of its own with `chatd leave`.
    """
    from chatd.contract.cluster import RemoveNode

    connection.do(RemoveNode(node))
    print_result(connection, {"node": node}, f"the cluster keeps nothing for {node} any more")


def _status(connection: Connection) -> ClusterStatus:
    from chatd.contract.cluster import ClusterStatus, GetClusterStatus

    return connection.ask(GetClusterStatus(), ClusterStatus)


def _absolute(path: str) -> str:
    return os.path.abspath(path)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
