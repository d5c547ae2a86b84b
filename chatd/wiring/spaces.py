"""Spaces: rooms, members, invites, moderation, what moves in and out."""

from __future__ import annotations

from chatd.handlers.access import Access
from chatd.handlers.audit import Audit
from chatd.handlers.ban import Bans
from chatd.handlers.block import Blocks, RoomInvites
from chatd.handlers.direct import DirectRooms
from chatd.handlers.import_messages import ImportMessages
from chatd.handlers.import_people import ImportPeople
from chatd.handlers.import_rooms import ImportRooms
from chatd.handlers.import_traces import ImportTraces
from chatd.handlers.import_undo import ImportUndo
from chatd.handlers.imports import Imports
from chatd.handlers.invite import Invites
from chatd.handlers.invite_codes import InviteCodes
from chatd.handlers.member import ErasureReading, Members, MessageErasures
from chatd.handlers.message_pages import RoomHistories
from chatd.handlers.place_export import PlaceExports, RoomExports, SpaceExports
from chatd.handlers.registry import Handlers
from chatd.handlers.report import Reports
from chatd.handlers.reported import ReportedMessages
from chatd.handlers.room import Rooms
from chatd.handlers.room_creation import RoomCreation
from chatd.handlers.space import Spaces
from chatd.wiring.base import Base


class SpaceServices:
    def __init__(self, base: Base) -> None:
        self.spaces = Spaces(base.reader, base.commands, base.visibility, base.quotas)
        self.codes = InviteCodes(base.reader, base.directory)

    def handlers(self, base: Base) -> Handlers:
        settings, reader, commands, visibility = base.settings, base.reader, base.commands, base.visibility
        quotas = base.quotas
        exports = PlaceExports(reader, commands, base.directory)
        direct_rooms_per_day = None if quotas is None else quotas.direct_rooms_per_day
        return {
            "space": (self.spaces, SpaceExports(exports)),
            "invite": (Invites(reader, commands, visibility, self.codes, quotas),),
            "import": (
                Imports(reader, commands, visibility),
                ImportPeople(reader, commands),
                ImportRooms(reader, commands, visibility),
                ImportMessages(reader, commands, base.names),
                ImportUndo(reader, commands, base.deletions, ImportTraces(reader, commands)),
            ),
            "member": (
                Members(reader, commands),
                MessageErasures(
                    reader, commands, visibility, base.erasure_timer, settings.erase_messages_delay
                ),
            ),
            "erasure": (ErasureReading(reader, visibility),),
            "ban": (Bans(reader, visibility),),
            "report": (Reports(reader, commands, visibility, ReportedMessages(reader, base.directory)),),
            "audit": (Audit(reader, visibility),),
            "access": (Access(reader, base.directory, visibility),),
            "room": (
                Rooms(reader, visibility),
                RoomCreation(reader, commands, visibility, quotas),
                RoomHistories(reader, visibility),
                RoomInvites(reader, commands),
                RoomExports(exports),
            ),
            "direct": (DirectRooms(reader, commands, visibility, base.shared_spaces, direct_rooms_per_day),),
            "block": (Blocks(reader, commands),),
        }
