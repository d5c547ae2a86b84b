"""All read-only questions to the store; `chatd.ports.readers` has them by noun."""

from __future__ import annotations

from typing import Protocol

from chatd.ports.readers.account import AccountReader
from chatd.ports.readers.account_deletion import AccountDeletionReader
from chatd.ports.readers.audit import AuditReader
from chatd.ports.readers.backup import BackupReader
from chatd.ports.readers.bookmark import BookmarkReader
from chatd.ports.readers.cluster import ClusterReader
from chatd.ports.readers.credential import CredentialReader
from chatd.ports.readers.device import DeviceReader
from chatd.ports.readers.direct import DirectReader
from chatd.ports.readers.disabled import DisabledReader
from chatd.ports.readers.draft import DraftReader
from chatd.ports.readers.erasure import ErasureReader
from chatd.ports.readers.export import ExportReader
from chatd.ports.readers.file import FileReader
from chatd.ports.readers.identity import IdentityReader
from chatd.ports.readers.import_traces import ImportTraceReader
from chatd.ports.readers.imports import ImportReader
from chatd.ports.readers.invite import InviteReader
from chatd.ports.readers.log import LogReader
from chatd.ports.readers.member import MemberReader
from chatd.ports.readers.message import MessageReader
from chatd.ports.readers.notification import NotificationReader
from chatd.ports.readers.opening import OpeningReader
from chatd.ports.readers.place_export import PlaceExportReader
from chatd.ports.readers.presence import PresenceReader
from chatd.ports.readers.profile import ProfileReader
from chatd.ports.readers.push import PushReader
from chatd.ports.readers.report import ReportReader
from chatd.ports.readers.retention import RetentionReader
from chatd.ports.readers.room import RoomReader
from chatd.ports.readers.scheduled import ScheduledReader
from chatd.ports.readers.settings import SettingsReader
from chatd.ports.readers.space import SpaceReader
from chatd.ports.readers.stream import StreamReader
from chatd.ports.readers.unread import UnreadReader
from chatd.ports.readers.usage import UsageReader


class Reader(
    AccountReader,
    AccountDeletionReader,
    AuditReader,
    BackupReader,
    BookmarkReader,
    ClusterReader,
    CredentialReader,
    DeviceReader,
    DirectReader,
    DisabledReader,
    DraftReader,
    ErasureReader,
    ExportReader,
    PlaceExportReader,
    FileReader,
    IdentityReader,
    ImportReader,
    ImportTraceReader,
    InviteReader,
    LogReader,
    MemberReader,
    MessageReader,
    NotificationReader,
    OpeningReader,
    PresenceReader,
    ProfileReader,
    PushReader,
    ReportReader,
    RetentionReader,
    RoomReader,
    ScheduledReader,
    SettingsReader,
    SpaceReader,
    StreamReader,
    UnreadReader,
    UsageReader,
    Protocol,
):
    """The sum of the nouns."""
