"""Writes beside the log: secrets, markers and registers that are durable but no facts."""

from __future__ import annotations

from msgspec import Struct


class PutCredential(Struct, frozen=True, tag=True, array_like=True):
    """The account's password hash (argon2id, PHC string); None takes the password away."""

    account: str
    password_hash: str | None


class PutDevice(Struct, frozen=True, tag=True, array_like=True):
    """A signed-in device. `refresh_hash` is SHA-256 of its first refresh token; None for a bearer token."""

    device: str
    account: str
    name: str
    refresh_hash: bytes | None
    created_at: int
    expires_at: int


class RotateRefreshToken(Struct, frozen=True, tag=True, array_like=True):
    """A refresh: the token with the hash `used` is used up, the one with the hash `next` is good."""

    device: str
    used: bytes
    next: bytes
    at: int
    expires_at: int


class DropDevices(Struct, frozen=True, tag=True, array_like=True):
    """Ends devices of an account: all, one (`device`), or all but one (`keep`)."""

    account: str
    device: str | None = None
    keep: str | None = None


class PutPush(Struct, frozen=True, tag=True, array_like=True):
    """The device's subscription to web push, instead of one that it had; `at` is Unix milliseconds.
    The same endpoint on another device of the account ends, and of more than `most` those set first."""

    device: str
    account: str
    endpoint: str
    p256dh: bytes
    auth: bytes
    at: int
    most: int


class DropPush(Struct, frozen=True, tag=True, array_like=True):
    """Ends the subscription of a device of the account; with `endpoint` only while it is that one."""

    account: str
    device: str
    endpoint: str | None = None


class PutPasskey(Struct, frozen=True, tag=True, array_like=True):
    """A new passkey; `public_key` is WebAuthn's attested credential data, `at` Unix milliseconds."""

    id: str
    account: str
    credential: bytes
    public_key: bytes
    count: int
    rp: str
    name: str
    at: int


class UsePasskey(Struct, frozen=True, tag=True, array_like=True):
    """It has signed in; `count` is how often by its own counter."""

    id: str
    count: int
    at: int


class NamePasskey(Struct, frozen=True, tag=True, array_like=True):
    account: str
    id: str
    name: str


class DropPasskeys(Struct, frozen=True, tag=True, array_like=True):
    """Ends passkeys of an account: all, or one."""

    account: str
    id: str | None = None


class PutImportPerson(Struct, frozen=True, tag=True, array_like=True):
    """Which account stands for a person of an imported source; `import_` made it, unless None."""

    space: str
    source: str
    key: str
    account: str
    import_: str | None


class PutImportRoom(Struct, frozen=True, tag=True, array_like=True):
    """Which room stands for one of an imported source; `import_` made it, unless None."""

    space: str
    source: str
    key: str
    room: str
    import_: str | None


class CloseImport(Struct, frozen=True, tag=True, array_like=True):
    """The import was taken back: its rooms that are deleted stand for nothing any more, and what else it made
    counts as made by a later import of the same source."""

    import_: str


class PutIdentity(Struct, frozen=True, tag=True, array_like=True):
    """Links what a provider of single sign-on calls `subject` to an account, unless it is linked already."""

    issuer: str
    subject: str
    account: str
    at: int


class DropIdentities(Struct, frozen=True, tag=True, array_like=True):
    """Ends links of an account: all, or one."""

    account: str
    issuer: str | None = None
    subject: str | None = None


class PutInviteCode(Struct, frozen=True, tag=True, array_like=True):
    """Where a code leads. `code_hash` is SHA-256 of the code; the code itself is never stored."""

    code_hash: bytes
    space: str
    invite: str


class PutSecondFactor(Struct, frozen=True, tag=True, array_like=True):
    """The account's TOTP secret, whether it is in use, the last step of which a code was taken, and the
    SHA-256 of its recovery codes that are left, one after another."""

    account: str
    secret: bytes
    confirmed: bool
    used_step: int
    recovery_codes: bytes


class DropSecondFactor(Struct, frozen=True, tag=True, array_like=True):
    account: str


class PutRecoveryLink(Struct, frozen=True, tag=True, array_like=True):
    """SHA-256 of the code in one more link of the account; `expires_at` is Unix milliseconds."""

    account: str
    code_hash: bytes
    expires_at: int


class DropRecoveryLinks(Struct, frozen=True, tag=True, array_like=True):
    account: str


class PutSetupCode(Struct, frozen=True, tag=True, array_like=True):
    """SHA-256 of the one-time code that makes the first account; None when it has been used."""

    code_hash: bytes | None


class MarkRead(Struct, frozen=True, tag=True, array_like=True):
    """Moves an account's read marker in a room forward to `seq`; never back."""

    account: str
    room: str
    seq: int


class MoveMarkerBack(Struct, frozen=True, tag=True, array_like=True):
    """Moves an account's read marker in a room back to `seq`; never forward."""

    account: str
    room: str
    seq: int


class PutProposed(Struct, frozen=True, tag=True, array_like=True):
    """The `n`-th proposal of this proposer, at `sequence` of the cluster's stream, has been applied."""

    proposer: str
    n: int
    sequence: int


class PutNode(Struct, frozen=True, tag=True, array_like=True):
    """The node belongs to the cluster, since `at`."""

    name: str
    at: int


class DropNode(Struct, frozen=True, tag=True, array_like=True):
    """The node does not belong to it any more."""

    name: str


class PutLevel(Struct, frozen=True, tag=True, array_like=True):
    """All nodes can read what a chatd of this level writes."""

    level: int


class PutClusterKey(Struct, frozen=True, tag=True, array_like=True):
    """The key of the cluster from here on; the one before is forgotten."""

    number: int
    secret: bytes


class PutSnapshot(Struct, frozen=True, tag=True, array_like=True):
    """The state of `stream` after `seq`, so that loading need not start at the beginning."""

    stream: str
    seq: int
    state: bytes


class MarkDelivered(Struct, frozen=True, tag=True, array_like=True):
    """A session of the account has been given everything up to `position`; never back."""

    account: str
    position: int


class PutPresence(Struct, frozen=True, tag=True, array_like=True):
    """`mode` is `dnd`, `invisible` or None; `last_seen` Unix milliseconds."""

    account: str
    mode: str | None
    last_seen: int


class PutDraft(Struct, frozen=True, tag=True, array_like=True):
    """`thread` is 0 outside threads; an empty text ends the draft."""

    account: str
    room: str
    thread: int
    text: str
    at: int


class PutScheduled(Struct, frozen=True, tag=True, array_like=True):
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


class DropBlobs(Struct, frozen=True, tag=True, array_like=True):
    """Somebody has looked after the bytes with these hashes: they are gone, or another file has them."""

    hashes: tuple[str, ...]


class DropScheduled(Struct, frozen=True, tag=True, array_like=True):
    id: str


class PostponeScheduled(Struct, frozen=True, tag=True, array_like=True):
    """Tries again at `retry_at` (Unix milliseconds)."""

    id: str
    retry_at: int


class FailScheduled(Struct, frozen=True, tag=True, array_like=True):
    """It was refused when its time came; `reason` tells its author why."""

    id: str
    reason: str


class PutFollower(Struct, frozen=True, tag=True, array_like=True):
    """`name` has acted on the log up to `position`, or further already: another node may act now."""

    name: str
    position: int


class PutErasure(Struct, frozen=True, tag=True, array_like=True):
    """The account is being deleted; `messages`: and its messages with it. The first order counts."""

    account: str
    by: str
    reason: str | None
    messages: bool
    at: int


class FinishErasures(Struct, frozen=True, tag=True, array_like=True):
    """These accounts are deleted: what stands beside the log goes, and what was freed is overwritten."""

    accounts: tuple[str, ...]


class PutLatestTime(Struct, frozen=True, tag=True, array_like=True):
    """The clock of this machine has shown this time (Unix milliseconds); the latest one counts."""

    at: int


class DropRestored(Struct, frozen=True, tag=True, array_like=True):
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
    | PutPush
    | DropPush
    | PutPasskey
    | UsePasskey
    | NamePasskey
    | DropPasskeys
    | PutImportPerson
    | PutImportRoom
    | CloseImport
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
    | PutProposed
    | PutClusterKey
    | PutNode
    | DropNode
    | PutLevel
    | DropBlobs
    | PutSnapshot
)
