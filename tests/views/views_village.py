"""A log to be followed, in a file without a thread, and what one would write into it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from store.store_facts import Pen, SingleThreaded

from chatd.ports import Append, View
from chatd.store.connection import open_writer
from chatd.store.log.journal import Journal
from chatd.store.ops import migrate
from chatd.store.ops.data_folder import DATABASE
from chatd.store.ops.place import Place
from chatd.store.views.file import VIEWS
from chatd.store.views.positions import ViewPositions


class Village:
    """A log and the views that follow it, all on this thread. `room/hall` has ann, bob and eve in it."""

    def __init__(self, folder: Path) -> None:
        self.pen = Pen()
        migrate.prepare(folder / DATABASE)
        self._log = open_writer(folder / DATABASE)
        self._journal = Journal(SingleThreaded(self._log), Place(folder / DATABASE))  # type: ignore[arg-type]
        self._journal.open(self._log)
        self._positions = ViewPositions(folder / VIEWS, folder / DATABASE)
        self._writer = self._positions.open_writer()
        self.reader = self._positions.open_reader()
        self.write(*self.pen.village())
        self.write(self.pen.account("eve"), self.pen.join("room/hall", "eve"))

    def write(self, *appends: Append) -> None:
        self._journal.commit(appends)

    def follow(self, view: View, most: int = 1000) -> int:
        """One batch; the view's position after it."""
        return self._positions.follow(self._writer, view, most).position

    def catch_up(self, view: View, most: int = 1000) -> None:
        while (lag := self._positions.follow(self._writer, view, most)).position < lag.head:
            pass

    def rebuild(self, view: View, most: int = 1000) -> None:
        self._positions.build(self._writer, view)
        self.catch_up(view, most)

    def rows(self, table: str) -> list[tuple[object, ...]]:
        return sorted(self.reader.execute(f"SELECT * FROM {table}").fetchall())

    def close(self) -> None:
        for connection in (self.reader, self._writer, self._log):
            connection.close()


def new_village() -> Iterator[Village]:
    with TemporaryDirectory() as folder:
        village = Village(Path(folder))
        yield village
        village.close()
