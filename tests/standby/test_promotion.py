"""What becomes of a standby that is made a server."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryFile

from chatd.ports import Append, PutClusterKey, PutNode, PutProposed
from chatd.standby.applying import Applying
from chatd.standby.promotion import promote
from chatd.store.connection import open_writer
from chatd.store.database import open_store
from chatd.store.ops import migrate
from chatd.store.ops.data_folder import DATABASE
from chatd.store.ops.standby import StandbyState


async def test_a_promoted_standby_of_a_cluster_belongs_to_none(tmp_path: Path) -> None:
    """It could found none: it took its place in the lost stream for one in the stream that it had made."""
    folder = tmp_path / "standby"
    folder.mkdir()
    of_cluster = (PutClusterKey(1, bytes(32)), PutNode("n0", 1), PutProposed("life", 7, 4711))
    async with open_store(tmp_path / "node", shared=True) as node:
        await node.log.submit([Append(writes=of_cluster)]).wait()
        migrate.prepare(folder / DATABASE)
        with closing(open_writer(folder / DATABASE, create=False)) as connection, TemporaryFile() as file:
            one = Applying(StandbyState("http://node"))
            one.open(connection)
            assert await node.replication.look(one.position, one.hash, file)
            one.look(connection, file)
    promote(folder)
    async with open_store(folder) as server:
        proposed = await server.reader.proposed()
        assert (proposed.sequence, proposed.by) == (0, {})
        assert await server.reader.nodes() == []
        assert await server.reader.cluster_key() is None
