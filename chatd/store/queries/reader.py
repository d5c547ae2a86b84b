"""The `Reader` of `chatd.ports`: all questions to the log's database, over one pool of connections."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

from chatd.ports import StoreError
from chatd.store.connection import connect, open_reader
from chatd.store.ops.data_folder import why_not
from chatd.store.queries.account import AccountQueries
from chatd.store.queries.account_deletion import AccountDeletionQueries
from chatd.store.queries.audit import AuditQueries
from chatd.store.queries.backup import BackupQueries
from chatd.store.queries.bookmark import BookmarkQueries
from chatd.store.queries.cluster import ClusterQueries
from chatd.store.queries.credential import CredentialQueries
from chatd.store.queries.device import DeviceQueries
from chatd.store.queries.direct import DirectQueries
from chatd.store.queries.disabled import DisabledQueries
from chatd.store.queries.draft import DraftQueries
from chatd.store.queries.erasure import ErasureQueries
from chatd.store.queries.export import ExportQueries
from chatd.store.queries.file import FileQueries
from chatd.store.queries.identity import IdentityQueries
from chatd.store.queries.import_traces import ImportTraceQueries
from chatd.store.queries.imports import ImportQueries
from chatd.store.queries.invite import InviteQueries
from chatd.store.queries.log import LogQueries
from chatd.store.queries.member import MemberQueries
from chatd.store.queries.message import MessageQueries
from chatd.store.queries.notification import NotificationQueries
from chatd.store.queries.opening import OpeningQueries
from chatd.store.queries.place_export import PlaceExportQueries
from chatd.store.queries.pool import QUESTION_SECONDS
from chatd.store.queries.presence import PresenceQueries
from chatd.store.queries.profile import ProfileQueries
from chatd.store.queries.push import PushQueries
from chatd.store.queries.report import ReportQueries
from chatd.store.queries.retention import RetentionQueries
from chatd.store.queries.room import RoomQueries
from chatd.store.queries.scheduled import ScheduledQueries
from chatd.store.queries.settings import SettingsQueries
from chatd.store.queries.space import SpaceQueries
from chatd.store.queries.stream import StreamQueries
from chatd.store.queries.unread import UnreadQueries
from chatd.store.queries.usage import UsageQueries

CONNECTIONS = 2


class SqliteReader(
    AccountQueries,
    AccountDeletionQueries,
    AuditQueries,
    BackupQueries,
    BookmarkQueries,
    ClusterQueries,
    CredentialQueries,
    DeviceQueries,
    DirectQueries,
    DisabledQueries,
    DraftQueries,
    ErasureQueries,
    ExportQueries,
    PlaceExportQueries,
    FileQueries,
    IdentityQueries,
    ImportQueries,
    ImportTraceQueries,
    InviteQueries,
    LogQueries,
    MemberQueries,
    MessageQueries,
    NotificationQueries,
    OpeningQueries,
    PresenceQueries,
    ProfileQueries,
    PushQueries,
    ReportQueries,
    RetentionQueries,
    RoomQueries,
    ScheduledQueries,
    SettingsQueries,
    SpaceQueries,
    StreamQueries,
    UnreadQueries,
    UsageQueries,
):
    """The sum of the nouns."""


@asynccontextmanager
async def open_pool(path: Path, question_seconds: float = QUESTION_SECONDS) -> AsyncIterator[SqliteReader]:
    """A reader over `CONNECTIONS` connections to the database at `path`; half a megabyte each, so all but one
    are opened when they are needed."""
    async with AsyncExitStack() as stack:
        try:
            connections = [
                await stack.enter_async_context(connect(partial(open_reader, path), at_once=at_once))
                for at_once in (*[False] * (CONNECTIONS - 1), True)  # the last is asked first
            ]
        except sqlite3.Error as error:
            raise StoreError(f"the database cannot be opened: {why_not(error)}") from error
        yield SqliteReader(connections, question_seconds)
