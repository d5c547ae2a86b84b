"""Commands that only the server itself gives, after a handler or worker looked up what no decider can know.

No client can send them.
"""

from __future__ import annotations

import attrs

from chatd.contract.fields import Scope, SecurityChange
from chatd.domain.event import Fact

# --- to an account ------------------------------------------------------------------------------------


@attrs.frozen
class SecureAccount:
    """How the account signs in has changed, or will. The secret is written together with the fact."""

    change: SecurityChange


@attrs.frozen
class MakeBot:
    """`bot` is an id that nobody else has."""

    bot: str
    name: str
    scopes: list[Scope]
    display_name: str | None = None


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
    """Tells the account of the message at position `source`. An account is not told twice of a message, so
    whoever follows the log may begin again anywhere."""

    kind: str
    room: str
    seq: int
    author: str
    source: int
    quiet: bool = False


@attrs.frozen
class FileReport:
    """The account reports a message to the moderators of a space."""

    space: str
    room: str
    seq: int
    reason: str


@attrs.frozen
class CloseReport:
    """The account resolves a report, as a moderator."""

    report: str
    reason: str | None = None


@attrs.frozen
class ShutOutAccount:
    """The account is disabled until its deletion is finished."""


@attrs.frozen
class FinishDeletion:
    """Nothing is left of the account but a stub."""

    reason: str | None = None


# --- to a space ---------------------------------------------------------------------------------------


@attrs.frozen
class EnterSpace:
    """`account` joins by an invite. `first` are facts that must stand before it: those of a new account."""

    invite: str
    account: str
    first: tuple[Fact, ...] = ()
    owner: str | None = None  # of a bot
    maker_out: bool = False  # the account that made the invite is disabled, or is being deleted


@attrs.frozen
class EndInvite:
    """Revokes an invite that the caller named by its code or its id."""

    invite: str


@attrs.frozen
class BanAccount:
    """`exists`: there is such an account, so that one who is not in the space can be banned too."""

    account: str
    reason: str | None
    for_: int | None
    exists: bool


# --- to a room ----------------------------------------------------------------------------------------


@attrs.frozen
class OpenDirectRoom:
    """`people` are accounts that exist, sorted, the caller among them."""

    people: tuple[str, ...]


@attrs.frozen
class ExpireMessage:
    """The time for which the message was posted is over."""

    seq: int


@attrs.frozen
class DeleteMessages:
    """Deletes these messages: whoever asked for it may."""

    seqs: tuple[int, ...]


# --- to a room or a space -----------------------------------------------------------------------------


@attrs.frozen
class RemoveDeleted:
    """The account leaves the room or space, a direct room too, because it is being deleted."""

    account: str
