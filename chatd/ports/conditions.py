"""Conditions of an append: what whoever asked for it has read, and what must still be so when it is written.

The log checks them in the transaction of the append, after everything that was written before it. So of two
that rely on the same thing, and change it, one is written, and the other is answered `Taken("stale")`.
"""

from __future__ import annotations

import attrs

from chatd.ports.rows import Row


@attrs.frozen(slots=True)
class AccountActive:
    """The account exists, is not disabled, and is not being deleted."""

    account: str


@attrs.frozen(slots=True)
class OtherAdminExists:
    """An administrator besides this account exists that is neither disabled nor deleted."""

    account: str


@attrs.frozen(slots=True)
class CredentialIs:
    """The account's password hash; None: it has no password."""

    account: str
    password_hash: str | None


@attrs.frozen(slots=True)
class SecondFactorIs:
    """The account's second factor is the one that `Reader.second_factor` gave."""

    account: str
    factor: Row | None


@attrs.frozen(slots=True)
class RecoveryLinkIs:
    """The SHA-256 of the code in the account's recovery link."""

    account: str
    code_hash: bytes


@attrs.frozen(slots=True)
class SetupCodeIs:
    """The SHA-256 of the setup code; None: there is none."""

    code_hash: bytes | None


@attrs.frozen(slots=True)
class IdentityAbsent:
    """No account is linked to this identity."""

    issuer: str
    subject: str


@attrs.frozen(slots=True)
class IdentityCountIs:
    """How many identities the account is linked to."""

    account: str
    count: int


@attrs.frozen(slots=True)
class NoOpenReport:
    """The account has no open report about this message."""

    account: str
    room: str
    seq: int


@attrs.frozen(slots=True)
class DirectRoomsBelow:
    """The account and its bots opened fewer direct rooms than `count` after `since` (Unix milliseconds)."""

    account: str
    since: int
    count: int


@attrs.frozen(slots=True)
class ScheduledExists:
    """The scheduled message was neither posted nor taken back, nor has it failed."""

    id: str


@attrs.frozen(slots=True)
class ScheduledCountIs:
    """How many scheduled messages the account has, those that failed included."""

    account: str
    count: int


@attrs.frozen(slots=True)
class RoomsBelow:
    """The space has fewer than `most` living rooms; with `made_by`, of that account and its bots."""

    space: str
    most: int
    made_by: str | None = None


@attrs.frozen(slots=True)
class SpacesOwnedBelow:
    """The account has the role `owner` in fewer than `most` spaces."""

    account: str
    most: int


Condition = (
    AccountActive
    | OtherAdminExists
    | CredentialIs
    | SecondFactorIs
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
)
