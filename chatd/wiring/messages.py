"""Messages: what is said and found, what is unread, what one is notified of, what one keeps."""

from __future__ import annotations

from functools import partial
from importlib import import_module

import trio

from chatd.actors.workers.pusher import Pusher
from chatd.handlers.message import MessageReading, Messages
from chatd.handlers.message_pages import Threads
from chatd.handlers.notification import Notifications
from chatd.handlers.pin import Pins
from chatd.handlers.preferences import PreferenceReading
from chatd.handlers.presence import PresenceHandlers
from chatd.handlers.push import PushSubscriptions
from chatd.handlers.reaction import Reactions
from chatd.handlers.read import ReadMarkers
from chatd.handlers.receipt import ReceiptHandlers
from chatd.handlers.registry import Handlers
from chatd.handlers.report import MessageReports
from chatd.handlers.retention import PreservedMessages
from chatd.handlers.saved import Bookmarks, Drafts
from chatd.handlers.scheduled import ScheduledMessages
from chatd.handlers.search import Searches
from chatd.handlers.subscription import Subscriptions
from chatd.handlers.thread_following import ThreadFollowing
from chatd.handlers.unread import Unread
from chatd.ports import PushService, Reader
from chatd.settings import Settings
from chatd.wiring.base import Base


class MessageServices:
    """`pusher`: None where the settings say that nothing is pushed."""

    def __init__(self, base: Base) -> None:
        settings, reader = base.settings, base.reader
        self.pusher: Pusher | None = None
        if settings.push and settings.views:
            load = partial(_load_push, reader, settings)
            self.pusher = Pusher(reader, base.bus, base.commands, base.presence.attended, load, base.any_push)
            base.bus.watch(self.pusher.follow)

    def handlers(self, base: Base) -> Handlers:
        reader, commands, bus, views = base.reader, base.commands, base.bus, base.views
        visibility, membership = base.visibility, base.membership
        reading = MessageReading(reader, visibility)
        return {
            "message": (
                Messages(reader, base.directory, visibility, reading),
                Searches(reader, views, bus, visibility),
                ScheduledMessages(reader, commands, bus, base.due_timer, membership),
                MessageReports(reader, commands, visibility),
                PreservedMessages(reader, visibility),
            ),
            "reaction": (Reactions(reader, reading),),
            "pin": (Pins(reader, visibility),),
            "thread": (
                Threads(reader, reading),
                ThreadFollowing(reader, commands, membership),
            ),
            "read": (ReadMarkers(reader, commands, visibility),),
            "unread": (Unread(reader),),
            "receipt": (ReceiptHandlers(reader, base.receipts, visibility),),
            "presence": (PresenceHandlers(base.presence, base.receipts),),
            "notification": (Notifications(views, bus),),
            "push": (PushSubscriptions(reader, commands, self.pusher),),
            "subscription": (Subscriptions(commands, membership),),
            "preferences": (PreferenceReading(reader),),
            "bookmark": (Bookmarks(reader, commands, visibility, membership),),
            "draft": (Drafts(reader, commands, bus, membership),),
        }


async def _load_push(reader: Reader, settings: Settings) -> PushService:
    """Loaded when somebody subscribes, or is pushed to."""
    secret = await reader.push_secret()

    def load() -> PushService:
        service: PushService = import_module("chatd.outbound.web_push").WebPush(secret, settings)
        return service

    return await trio.to_thread.run_sync(load)
