"""Internal commands: handlers and workers give them after looking up what no decider can know.

No client can send them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from chatd.contract.fields import DirectState, Scope, SecurityChange
from chatd.contract.import_ import ImportMessage, ImportReaction
from chatd.domain.event import Fact

# --- to an account ------------------------------------------------------------------------------------


class SecureAccount(Struct, frozen=True):
    """Records a change to how the account signs in. The secret is written in the same transaction."""

    change: SecurityChange


class MakePlaceholder(Struct, frozen=True):
    """Makes an account for a person of another chat, who may claim it later."""

    name: str
    display_name: str | None = None


class MakeBot(Struct, frozen=True):
    """The account creates a bot; `bot` is its fresh id."""

    bot: str
    name: str
    scopes: list[Scope]
    display_name: str | None = None


class RecordUnread(Struct, frozen=True):
    """The account marked what came from `seq` on in a room as unread. The marker moves in the same
    transaction."""

    room: str
    seq: int


class SetSubscription(Struct, frozen=True):
    """`muted_until` 0 ends muting; None leaves either field as it is."""

    room: str
    level: str | None = None
    muted_until: int | None = None


class SaveBookmark(Struct, frozen=True):
    room: str
    seq: int
    note: str | None = None


class SetThread(Struct, frozen=True):
    """`seq` is the thread's root."""

    room: str
    seq: int
    following: bool


class Notify(Struct, frozen=True):
    """An account is to be notified of the message at position `source`."""

    kind: str
    room: str
    seq: int
    author: str
    source: int
    quiet: bool = False


class NotifyAll(Struct, frozen=True):
    """Notifies the account of messages, by position. `ids`: one for each notification.

    An account is not notified twice of a message, so a log follower may start again from any position.
    """

    news: tuple[Notify, ...]
    ids: tuple[str, ...]


class NotifyUnposted(Struct, frozen=True):
    """Tells the account that its message `scheduled` for a room will not be posted."""

    scheduled: str
    room: str
    author: str
    reason: str


class SetDirectRoom(Struct, frozen=True):
    """What the account makes of a direct room, as of the room's event `seq`."""

    room: str
    state: DirectState
    seq: int = 0


class BlockAccount(Struct, frozen=True):
    """The account blocks another one, which exists."""

    account: str


class FileReport(Struct, frozen=True):
    """The account reports a message to the moderators of a space, or to the operators (None)."""

    space: str | None
    room: str
    seq: int
    reason: str


class CloseReport(Struct, frozen=True):
    """The account resolves a report, as a moderator."""

    report: str
    reason: str | None = None


class DisableForDeletion(Struct, frozen=True):
    """Disables the account until its deletion is finished."""


class FinishDeletion(Struct, frozen=True):
    """Replaces the account by a stub."""

    reason: str | None = None


class AddFile(Struct, frozen=True):
    """The account has uploaded a file, whose bytes are stored; `file` is its fresh id. `imported`: an
    operator has, for the account."""

    file: str
    type: str
    size: int
    name: str
    hash: str
    width: int | None = None
    height: int | None = None
    preview_hash: str | None = None
    imported: bool = False


class DropFile(Struct, frozen=True):
    """Deletes a file of the account."""

    file: str


# --- to a space ---------------------------------------------------------------------------------------


class JoinByInvite(Struct, frozen=True):
    """`account` joins by an invite. `facts_before` are logged before it: those of a new account."""

    invite: str
    account: str
    facts_before: tuple[Fact, ...] = ()
    owner: str | None = None  # of a bot
    creator_inactive: bool = False  # who made the invite is disabled or being deleted


class RevokeInviteById(Struct, frozen=True):
    """Revokes an invite; the handler has found its id by the code."""

    invite: str


class BanAccount(Struct, frozen=True):
    """`exists`: there is such an account, so that one who is not in the space can be banned too."""

    account: str
    reason: str | None
    for_: int | None
    exists: bool


class OrderErasure(Struct, frozen=True):
    """Orders the account's messages to be erased at `due_at` (Unix milliseconds)."""

    account: str
    due_at: int
    reason: str | None = None


class LapseErasure(Struct, frozen=True):
    """Ends the order that was due then, whose author may not give it any more. Another one since stays."""

    account: str
    due_at: int
    reason: str


class FinishErasure(Struct, frozen=True):
    """The order that was due then was carried out. Another one since stays."""

    account: str
    due_at: int


class EndImport(Struct, frozen=True):
    """An import is complete, or (`undone`) was taken back."""

    import_: str
    undone: bool = False


class AdmitMembers(Struct, frozen=True):
    """These accounts, which exist, become members of the space or of the room: `import_` brings them. Who may
    not is left out."""

    accounts: tuple[str, ...]
    import_: str | None = None


class DismissMembers(Struct, frozen=True):
    """These accounts are members of the space or room no more: what gave it to them, `import_` or one before
    it, was taken back."""

    accounts: tuple[str, ...]
    import_: str


class AddImportedEmoji(Struct, frozen=True):
    """The space gets a custom emoji from another chat, unless it has one of that name."""

    import_: str
    name: str
    image: str


class RemoveImportedEmoji(Struct, frozen=True):
    """These custom emoji of the space go, names and images, as far as they still are as an import brought
    them: that was taken back, `import_` or one before it."""

    emoji: tuple[tuple[str, str], ...]
    import_: str


class MakeImportedRoom(Struct, frozen=True):
    """The space gets a room from another chat, with those of `members` who are in the space. Its id is
    new."""

    name: str
    private: bool
    archived: bool
    created_at: int
    members: tuple[str, ...]
    topic: str | None = None
    import_: str | None = None


# --- to a room ----------------------------------------------------------------------------------------


class ForgetMarker(Struct, frozen=True):
    """The caller's read marker in the room was moved elsewhere: look it up before it moves again."""


class OpenDirectRoom(Struct, frozen=True):
    """`people` are accounts that exist, sorted, the caller among them."""

    people: tuple[str, ...]


class LeaveDirectRoom(Struct, frozen=True):
    """The caller leaves a direct room of several people, with its `bots`."""

    bots: tuple[str, ...] = ()


class InviteInVain(Struct, frozen=True):
    """Answered like `room.invite`, but lets nobody in: the account has blocked the caller."""

    account: str


class ExpireMessage(Struct, frozen=True):
    """Deletes a message whose time to live is over."""

    seq: int


class MakeImportedDirectRoom(Struct, frozen=True):
    """`people`, accounts that exist, get their direct room, unless they have it, with all of them in it but
    `gone`, whose accounts are deleted."""

    people: tuple[str, ...]
    gone: tuple[str, ...] = ()
    created_at: int | None = None  # elsewhere, where that is known


class KnownMessage(Struct, frozen=True):
    """A message that was imported before; `thread` is the seq of the root of its thread."""

    seq: int
    thread: int | None


class ImportedChange(Struct, frozen=True):
    """What a later export says of a message: another `text` than what it `was`, as of `edited_at`, which
    names the accounts `mentions`, that it is deleted, more reactions. What members have changed since it was
    read stays."""

    seq: int
    by: str
    was: str | None
    text: str | None
    edited_at: int
    deleted: bool
    reactions: tuple[ImportReaction, ...]
    pinned_by: str | None
    mentions: Sequence[str] = ()


class AddImported(Struct, frozen=True):
    """Messages of an import, all of them new, and changes of old ones. `known`: those that they refer to, by
    key. `mentions`: the accounts that their texts name, by the key of the message."""

    import_: str
    messages: tuple[ImportMessage, ...]
    changes: tuple[ImportedChange, ...]
    known: Mapping[str, KnownMessage]
    mentions: Mapping[str, Sequence[str]] = {}


class EraseImported(Struct, frozen=True):
    """Takes messages of an import back: their seqs and keys."""

    messages: tuple[tuple[int, str], ...]


class DeleteImportedRoom(Struct, frozen=True):
    """The room goes with the import that made it, which was taken back."""

    import_: str
    reason: str


class DeleteMessages(Struct, frozen=True):
    """Deletes these messages. The right to do so has been checked."""

    seqs: tuple[int, ...]


class EraseOld(Struct, frozen=True):
    """Deletes these messages, which are older than the retention rule lets them be; `days` and `since` are
    those of the rule by which they were found. If it has changed since, nothing is deleted."""

    seqs: tuple[int, ...]
    days: int
    since: int


class ErasePreserved(Struct, frozen=True):
    """Erases what is left of these messages, which were deleted under a legal hold that has ended; unless
    there is one again."""

    seqs: tuple[int, ...]


# --- to a room or a space -----------------------------------------------------------------------------


class NoteDisabled(Struct, frozen=True):
    """A member of the space or direct room is disabled, or is so no longer."""

    account: str
    disabled: bool


class RemoveDeletedAccount(Struct, frozen=True):
    """The account leaves the room (a direct room too) or space because it is being deleted."""

    account: str
