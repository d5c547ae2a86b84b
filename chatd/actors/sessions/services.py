"""What the sessions of a server share, and the desk with them."""

from __future__ import annotations

import msgspec

from chatd.actors.runtime.live_sessions import LiveSessions
from chatd.actors.sessions.answering import Answering
from chatd.actors.sessions.opening import Opening
from chatd.actors.sessions.request_checks import RequestChecks
from chatd.settings import Settings


class SessionServices(msgspec.Struct, frozen=True, eq=False):
    settings: Settings
    checks: RequestChecks
    answering: Answering
    live: LiveSessions
    opening: Opening
