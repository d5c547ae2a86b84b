"""Which commands may be given to a second node when the first one may have carried them out before it died.

Those that the log does once however often they are asked for, and those of which the second time changes
nothing. All others are not repeated: their client is told that nobody knows.
"""

from __future__ import annotations

from typing import Any, Final

from chatd.contract.message import DeleteMessage
from chatd.contract.pin import AddPin, RemovePin
from chatd.contract.reaction import AddReaction, RemoveReaction
from chatd.contract.read import MarkRead
from chatd.contract.room import JoinRoom
from chatd.contract.typing import SetTyping
from chatd.domain.internal import (
    EraseOld,
    ExpireMessage,
    ForgetMarker,
    NoteDisabled,
    NotifyAll,
    RemoveDeletedAccount,
)

SAME_AGAIN: Final[frozenset[type[Any]]] = frozenset(
    {
        *(AddReaction, RemoveReaction, AddPin, RemovePin, DeleteMessage),
        *(MarkRead, SetTyping, JoinRoom),
        *(EraseOld, ExpireMessage, ForgetMarker, NoteDisabled, NotifyAll),
        RemoveDeletedAccount,
    }
)


def repeatable(command: Any) -> bool:
    return getattr(command, "nonce", None) is not None or type(command) in SAME_AGAIN
