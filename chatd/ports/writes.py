"""Writes beside the log: secrets, markers and registers that are durable but no facts."""

from __future__ import annotations

from msgspec import Struct


class PutCredential(Struct, frozen=True):
    """The account's password hash (argon2id, PHC string); None takes the password away."""

    account: str
    password_hash: str | None


class PutDevice(Struct, frozen=True):
    """A signed-in device. `refresh_hash` is SHA-256 of its first refresh token; None for a bearer token."""

    device: str
    account: str
    name: str
    refresh_hash: bytes | None
    created_at: int
    expires_at: int


class RotateRefreshToken(Struct, frozen=True):
    """A refresh: the token with the hash `used` is used up, the one with the hash `next` is good."""

    device: str
    used: bytes
    next: bytes
    at: int
    expires_at: int


class DropDevices(Struct, frozen=True):
    """Ends devices of an account: all, one (`device`), or all but one (`keep`)."""

    account: str
    device: str | None = None
    keep: str | None = None


class PutIdentity(Struct, frozen=True):
    """Links what a provider of single sign-on calls `subject` to an account, unless it is linked already."""

    issuer: str
    subject: str
    account: str
    at: int


class DropIdentities(Struct, frozen=True):
    """Ends links of an account: all, or one."""

    account: str
    issuer: str | None = None
    subject: str | None = None


class PutInviteCode(Struct, frozen=True):
    """Where a code leads. `code_hash` is SHA-256 of the code; the code itself is never stored."""

    code_hash: bytes
    space: str
    invite: str


class PutSecondFactor(Struct, frozen=True):
    """The account's TOTP secret, whether it is in use, the last step of which a code was taken, and the
    SHA-256 of its recovery codes that are left, one after another."""

    account: str
    secret: bytes
    confirmed: bool
    used_step: int
    recovery_codes: bytes


class DropSecondFactor(Struct, frozen=True):
    account: str


class PutRecoveryLink(Struct, frozen=True):
    """SHA-256 of the code in one more link of the account; `expires_at` is Unix milliseconds."""

    account: str
    code_hash: bytes
    expires_at: int


class DropRecoveryLinks(Struct, frozen=True):
    account: str


class PutSetupCode(Struct, frozen=True):
    """SHA-256 of the one-time code that makes the first account; None when it has been used."""

    code_hash: bytes | None


class MarkRead(Struct, frozen=True):
    """Moves an account's read marker in a room forward to `seq`; never back."""

    account: str
    room: str
    seq: int


class MoveMarkerBack(Struct, frozen=True):
    """Moves an account's read marker in a room back to `seq`; never forward."""

    account: str
    room: str
    seq: int


class PutSnapshot(Struct, frozen=True):
    """The state of `stream` after `seq`, so that loading need not start at the beginning."""

    stream: str
    seq: int
    state: bytes


class MarkDelivered(Struct, frozen=True):
    """A session of the account has been given everything up to `position`; never back."""

    account: str
    position: int


class PutPresence(Struct, frozen=True):
    """`mode` is `dnd`, `invisible` or None; `last_seen` Unix milliseconds."""

    account: str
    mode: str | None
    last_seen: int


class PutDraft(Struct, frozen=True):
    """`thread` is 0 outside threads; an empty text ends the draft."""

    account: str
    room: str
    thread: int
    text: str
    at: int


class PutScheduled(Struct, frozen=True):
    """A message to be posted at `post_at` (Unix milliseconds); `expires_in` is seconds after that."""

    id: str
    account: str
    room: str
    text: str
    reply_to: int | None
    expires_in: int | None
    post_at: int
    created_at: int
    attachments: tuple[str, ...] = ()


class DropBlobs(Struct, frozen=True):
    """Somebody has looked after the bytes with these hashes: they are gone, or another file has them."""

    hashes: tuple[str, ...]


class DropScheduled(Struct, frozen=True):
    id: str


class PostponeScheduled(Struct, frozen=True):
    """Tries again at `retry_at` (Unix milliseconds)."""

    id: str
    retry_at: int


class FailScheduled(Struct, frozen=True):
    """It was refused when its time came; `reason` tells its author why."""

    id: str
    reason: str


class PutFollower(Struct, frozen=True):
    """`name` has acted on the log up to `position`."""

    name: str
    position: int


class PutErasure(Struct, frozen=True):
    """The account is being deleted; `messages`: and its messages with it. The first order counts."""

    account: str
    by: str
    reason: str | None
    messages: bool
    at: int


class FinishErasures(Struct, frozen=True):
    """These accounts are deleted: what stands beside the log goes, and what was freed is overwritten."""

    accounts: tuple[str, ...]


class PutLatestTime(Struct, frozen=True):
    """The clock of this machine has shown this time (Unix milliseconds); the latest one counts."""

    at: int


class DropRestored(Struct, frozen=True):
    """That this database was put back from a copy has been logged."""


Write = (
    PutLatestTime
    | DropRestored
    | PutErasure
    | FinishErasures
    | PutCredential
    | PutDevice
    | RotateRefreshToken
    | DropDevices
    | PutIdentity
    | DropIdentities
    | PutInviteCode
    | PutSecondFactor
    | DropSecondFactor
    | PutRecoveryLink
    | DropRecoveryLinks
    | PutSetupCode
    | MarkRead
    | MoveMarkerBack
    | MarkDelivered
    | PutPresence
    | PutDraft
    | PutScheduled
    | DropScheduled
    | PostponeScheduled
    | FailScheduled
    | PutFollower
    | DropBlobs
    | PutSnapshot
)
