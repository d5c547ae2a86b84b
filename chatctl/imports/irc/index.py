"""Which logs are of which channel: in a temporary database, since there may be a million of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from chatctl.imports.archive import Archive
from chatctl.imports.export import Unreadable
from chatctl.imports.irc.places import Place, is_log, place_of
from chatctl.imports.keys import bounded
from chatctl.scratch_database import scratch_database

MAX_CHANNELS: Final = 100_000
_BATCH: Final = 500


class LogIndex:
    """`around`: what the folder or archive is called that the logs are in."""

    def __init__(self, archive: Archive, around: str) -> None:
        self._around = around
        self.channels: dict[str, str] = {}  # as they are written first, by key
        self._database = scratch_database(
            "CREATE TABLE log (key TEXT, name TEXT, PRIMARY KEY (key, name)) WITHOUT ROWID"
        )
        try:
            for name in archive.names():
                if is_log(name):
                    self._add(name, archive.name)
        except BaseException:
            self.close()
            raise

    def logs(self, key: str) -> Iterator[tuple[str, Place]]:
        """Sorted by name."""
        found = self._database.execute("SELECT name FROM log WHERE key = ? ORDER BY name", (key,))
        while rows := found.fetchmany(_BATCH):
            for (name,) in rows:
                yield name, place_of(name, self._around)

    def close(self) -> None:
        self._database.close()

    def _add(self, name: str, archive: str) -> None:
        place = place_of(name, self._around)
        key = bounded(f"{place.network}/{place.channel}".casefold())
        if key not in self.channels and len(self.channels) >= MAX_CHANNELS:
            raise Unreadable(f"{archive} has logs of more than {MAX_CHANNELS:,} channels: import it in parts")
        self.channels.setdefault(key, place.channel)
        self._database.execute("INSERT INTO log VALUES (?, ?)", (key, name))
