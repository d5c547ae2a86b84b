"""What operators ask."""

from __future__ import annotations

from chatd.contract import command as c
from chatd.contract.table.entry import Entry, command, query

ENTRIES: tuple[Entry, ...] = (
    query("view.list", c.ListViews, "operator", "The views of the log, and how far they have followed it."),
    command(
        "view.rebuild", c.RebuildView, "operator", "desk", "Drops a view and builds it from the log again."
    ),
    query("event.list", c.ListEvents, "operator", "The log after a position; can wait for news."),
    query("server.status", c.GetServerStatus, "operator", "What runs, how big it is, how it feels."),
    query("server.top", c.GetServerTop, "operator", "The busiest actors, commit batches, connections."),
    query(
        "server.check", c.CheckServer, "operator", "Is the database file sound, is there room on the disk."
    ),
    query("server.verify", c.VerifyServer, "operator", "Replays the log and compares the tables with it."),
    command("backup.create", c.CreateBackup, "operator", "desk", "Writes a consistent copy of the database."),
)
