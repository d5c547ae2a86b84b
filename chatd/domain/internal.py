"""Internal commands: handlers and workers give them after looking up what no decider can know.

No client can send them.
"""

from __future__ import annotations

import attrs

from chatd.contract.fields import DirectState, Scope, SecurityChange
from chatd.domain.event import Fact

# --- to an account ------------------------------------------------------------------------------------


@attrs.frozen
class SecureAccount:
    """Records a change to how the account signs in. The secret is written in the same transaction."""

    change: SecurityChange


@attrs.frozen
class MakeBot:
    """The account creates a bot; `bot` is its fresh id."""

    bot: str
    name: str
    scopes: list[Scope]
    display_name: str | None = None


@attrs.frozen
class RecordUnread:
    """The account marked what came from `seq` on in a room as unread. The marker moves in the same
    transaction."""

    room: str
    seq: int


@attrs.frozen
class SetSubscription:
    """`muted_until` 0 ends muting; None leaves either field as it is."""

    room: str
    level: str | None = None
    muted_until: int | None = None


@attrs.frozen
class SaveBookmark:
    room: str
    seq: int
    note: str | None = None


@attrs.frozen
class SetThread:
    """`seq` is the thread's root."""

    room: str
    seq: int
    following: bool


@attrs.frozen
class Notify:
    """Notifies the account of the message at position `source`.

    An account is not notified twice of a message, so a log follower may start again from any position.
    """

    kind: str
    room: str
    seq: int
    author: str
    source: int
    quiet: bool = False


@attrs.frozen
class NotifyUnposted:
    """Tells the account that its message `scheduled` for a room will not be posted."""

    scheduled: str
    room: str
    author: str
    reason: str


@attrs.frozen
class SetDirectRoom:
    """What the account makes of a direct room, as of the room's event `seq`."""

    room: str
    state: DirectState
    seq: int = 0


@attrs.frozen
class BlockAccount:
    """The account blocks another one, which exists."""

    account: str


@attrs.frozen
class FileReport:
    """The account reports a message to the moderators of a space, or to the operators (None)."""

    space: str | None
    room: str
    seq: int
    reason: str


@attrs.frozen
class CloseReport:
    """The account resolves a report, as a moderator."""

    report: str
    reason: str | None = None


@attrs.frozen
class DisableForDeletion:
    """Disables the account until its deletion is finished."""


@attrs.frozen
class FinishDeletion:
    """Replaces the account by a stub."""

    reason: str | None = None


# --- to a space ---------------------------------------------------------------------------------------


@attrs.frozen
class JoinByInvite:
    """`account` joins by an invite. `facts_before` are logged before it: those of a new account."""

    invite: str
    account: str
    facts_before: tuple[Fact, ...] = ()
    owner: str | None = None  # of a bot
    creator_inactive: bool = False  # who made the invite is disabled or being deleted


@attrs.frozen
class RevokeInviteById:
    """Revokes an invite; the handler has found its id by the code."""

    invite: str


@attrs.frozen
class BanAccount:
    """`exists`: there is such an account, so that one who is not in the space can be banned too."""

    account: str
    reason: str | None
    for_: int | None
    exists: bool


@attrs.frozen
class OrderErasure:
    """Orders the account's messages to be erased at `due_at` (Unix milliseconds)."""

    account: str
    due_at: int
    reason: str | None = None


@attrs.frozen
class LapseErasure:
    """Ends an order whose author may not give it any more."""

    account: str
    reason: str


@attrs.frozen
class FinishErasure:
    """The order was carried out."""

    account: str


# --- to a room ----------------------------------------------------------------------------------------


@attrs.frozen
class ForgetMarker:
    """The caller's read marker in the room was moved elsewhere: look it up before it moves again."""


@attrs.frozen
class OpenDirectRoom:
    """`people` are accounts that exist, sorted, the caller among them."""

    people: tuple[str, ...]


@attrs.frozen
class LeaveDirectRoom:
    """The caller leaves a direct room of several people, with its `bots`."""

    bots: tuple[str, ...] = ()


@attrs.frozen
class InviteInVain:
    """Answered like `room.invite`, but lets nobody in: the account has blocked the caller."""

    account: str


@attrs.frozen
class ExpireMessage:
    """Deletes a message whose time to live is over."""

    seq: int


@attrs.frozen
class DeleteMessages:
    """Deletes these messages. The right to do so has been checked."""

    seqs: tuple[int, ...]


# --- to a room or a space -----------------------------------------------------------------------------


@attrs.frozen
class NoteDisabled:
    """A member of the space or direct room is disabled, or is so no longer."""

    account: str
    disabled: bool


@attrs.frozen
class RemoveDeletedAccount:
    """The account leaves the room (a direct room too) or space because it is being deleted."""

    account: str
