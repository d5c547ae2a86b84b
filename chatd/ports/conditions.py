"""Conditions of an append: what whoever asked for it has read, and what must still be so when it is written.

The log checks them in the transaction of the append, after everything that was written before it. So of two
that rely on the same thing, and change it, one is written, and the other is answered `Taken("stale")`.
"""

from __future__ import annotations

from msgspec import Struct

from chatd.ports.rows import Row


class ImportOpen(Struct, frozen=True, tag=True, array_like=True):
    """The import was not taken back."""

    import_: str


class ImportKeysUnused(Struct, frozen=True, tag=True, array_like=True):
    """None of these keys stands for a message of the room."""

    room: str
    keys: tuple[str, ...]


class ImportPersonUnknown(Struct, frozen=True, tag=True, array_like=True):
    """No account stands for this person of what is imported."""

    space: str
    source: str
    key: str


class ImportRoomUnknown(Struct, frozen=True, tag=True, array_like=True):
    """No room stands for this one of what is imported."""

    space: str
    source: str
    key: str


class AccountsRemain(Struct, frozen=True, tag=True, array_like=True):
    """None of these accounts is deleted, or about to be."""

    accounts: tuple[str, ...]


class AllNewTo(Struct, frozen=True, tag=True, array_like=True):
    """None of these accounts has ever been a member of the space or room, and none is deleted."""

    stream: str
    accounts: tuple[str, ...]


class PlaceholderUnclaimed(Struct, frozen=True, tag=True, array_like=True):
    """Nobody has claimed the placeholder."""

    account: str


class NoMessageAfter(Struct, frozen=True, tag=True, array_like=True):
    """No message came into the room after this seq."""

    room: str
    seq: int


class AccountActive(Struct, frozen=True, tag=True, array_like=True):
    """The account exists, is not disabled, and is not being deleted."""

    account: str


class OtherAdminExists(Struct, frozen=True, tag=True, array_like=True):
    """An administrator besides this account exists that is neither disabled nor deleted."""

    account: str


class CredentialIs(Struct, frozen=True, tag=True, array_like=True):
    """The account's password hash; None: it has no password."""

    account: str
    password_hash: str | None


class SecondFactorIs(Struct, frozen=True, tag=True, array_like=True):
    """The account's second factor is the one that `Reader.second_factor` gave."""

    account: str
    factor: Row | None


class RecoveryLinkIs(Struct, frozen=True, tag=True, array_like=True):
    """The SHA-256 of the code in the account's recovery link."""

    account: str
    code_hash: bytes


class SetupCodeIs(Struct, frozen=True, tag=True, array_like=True):
    """The SHA-256 of the setup code; None: there is none."""

    code_hash: bytes | None


class IdentityAbsent(Struct, frozen=True, tag=True, array_like=True):
    """No account is linked to this identity."""

    issuer: str
    subject: str


class IdentityCountIs(Struct, frozen=True, tag=True, array_like=True):
    """How many identities the account is linked to."""

    account: str
    count: int


class PasskeyCountIs(Struct, frozen=True, tag=True, array_like=True):
    """How many passkeys the account has."""

    account: str
    count: int


class PasskeyIs(Struct, frozen=True, tag=True, array_like=True):
    """The passkey is there, and has signed in `count` times by its own counter."""

    id: str
    count: int


class PasskeyAbsent(Struct, frozen=True, tag=True, array_like=True):
    """No account has a passkey with this credential."""

    credential: bytes


class NoOpenReport(Struct, frozen=True, tag=True, array_like=True):
    """The account has no open report about this message."""

    account: str
    room: str
    seq: int


class DirectRoomsBelow(Struct, frozen=True, tag=True, array_like=True):
    """The account and its bots opened fewer direct rooms than `count` after `since` (Unix milliseconds)."""

    account: str
    since: int
    count: int


class ScheduledExists(Struct, frozen=True, tag=True, array_like=True):
    """The scheduled message was neither posted nor taken back, nor has it failed."""

    id: str


class ScheduledCountIs(Struct, frozen=True, tag=True, array_like=True):
    """How many scheduled messages the account has, those that failed included."""

    account: str
    count: int


class RoomsBelow(Struct, frozen=True, tag=True, array_like=True):
    """The space has fewer than `most` living rooms; with `made_by`, of that account and its bots."""

    space: str
    most: int
    made_by: str | None = None


class SpacesOwnedBelow(Struct, frozen=True, tag=True, array_like=True):
    """The account has the role `owner` in fewer than `most` spaces."""

    account: str
    most: int


class FilesExist(Struct, frozen=True, tag=True, array_like=True):
    """None of these files is deleted."""

    files: tuple[str, ...]


class FileUnheld(Struct, frozen=True, tag=True, array_like=True):
    """No message, picture or scheduled message has the file, which is not deleted."""

    file: str


class FileReleased(Struct, frozen=True, tag=True, array_like=True):
    """No legal hold keeps the file."""

    file: str


class StoredBytesBelow(Struct, frozen=True, tag=True, array_like=True):
    """All files of the account and its bots together have at most `most` bytes."""

    account: str
    most: int


Condition = (
    AccountActive
    | ImportOpen
    | ImportKeysUnused
    | ImportPersonUnknown
    | ImportRoomUnknown
    | AccountsRemain
    | AllNewTo
    | PlaceholderUnclaimed
    | NoMessageAfter
    | OtherAdminExists
    | CredentialIs
    | SecondFactorIs
    | PasskeyCountIs
    | PasskeyIs
    | PasskeyAbsent
    | RecoveryLinkIs
    | SetupCodeIs
    | IdentityAbsent
    | IdentityCountIs
    | NoOpenReport
    | DirectRoomsBelow
    | ScheduledExists
    | ScheduledCountIs
    | RoomsBelow
    | SpacesOwnedBelow
    | FilesExist
    | FileUnheld
    | FileReleased
    | StoredBytesBelow
)
