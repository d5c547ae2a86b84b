"""Writes beside the log as statements: what each of them does to its table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
from msgspec.structs import astuple

from chatd.ports import (
    CloseImport,
    DropBlobs,
    DropDevices,
    DropIdentities,
    DropNode,
    DropPasskeys,
    DropPush,
    DropRecoveryLinks,
    DropRestored,
    DropScheduled,
    DropSecondFactor,
    FailScheduled,
    FinishErasures,
    MarkDelivered,
    MarkRead,
    MoveMarkerBack,
    NamePasskey,
    PostponeScheduled,
    PutClusterKey,
    PutCredential,
    PutDevice,
    PutDraft,
    PutErasure,
    PutFollower,
    PutIdentity,
    PutImportPerson,
    PutImportRoom,
    PutInviteCode,
    PutLatestTime,
    PutLevel,
    PutNode,
    PutPasskey,
    PutPresence,
    PutProposed,
    PutPush,
    PutRecoveryLink,
    PutScheduled,
    PutSecondFactor,
    PutSetupCode,
    PutSnapshot,
    RotateRefreshToken,
    UsePasskey,
    Write,
)
from chatd.store import json_rows
from chatd.store.log.erasure import forgetting
from chatd.store.log.imports import CLOSE_IMPORT

Statement = tuple[str, Any]

PROPOSER_KEPT: Final = 1_000_000  # proposals of the stream for which one that is silent is remembered
REFRESH_TOKENS: Final = 16  # of a device that are remembered, used and unused ones each
RECOVERY_LINKS: Final = 4  # of an account that are good at a time

# all of a transaction in one statement, however many there are
MARK_READ = """
    INSERT INTO read_markers (account, room, seq, nth, furthest)
    SELECT value ->> 0, value ->> 1, value ->> 2, coalesce((
        SELECT nth FROM messages WHERE room = value ->> 1 AND seq <= value ->> 2 ORDER BY seq DESC LIMIT 1
    ), 0), value ->> 2 FROM json_each(?) WHERE true
    ON CONFLICT (account, room) DO UPDATE
        SET seq = excluded.seq, nth = excluded.nth, furthest = max(furthest, excluded.seq)
        WHERE excluded.seq > seq
"""
MARK_UNREAD = """
    UPDATE read_markers SET seq = ?3, nth = coalesce((
        SELECT nth FROM messages WHERE room = ?2 AND seq <= ?3 ORDER BY seq DESC LIMIT 1
    ), 0) WHERE account = ?1 AND room = ?2 AND seq > ?3
"""
# what is saved now and then may come after its account was deleted
MARK_DELIVERED = """
    INSERT INTO deliveries (account, position)
    SELECT value ->> 0, value ->> 1 FROM json_each(?)
    WHERE (SELECT deleted FROM accounts WHERE id = value ->> 0) IS NOT 1
    ON CONFLICT (account) DO UPDATE SET position = excluded.position WHERE excluded.position > position
"""
PUT_PRESENCE = """
    INSERT INTO presence (account, mode, last_seen)
    SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)
    WHERE (SELECT deleted FROM accounts WHERE id = value ->> 0) IS NOT 1
    ON CONFLICT (account) DO UPDATE SET mode = excluded.mode, last_seen = excluded.last_seen
"""
PUT_CREDENTIAL = """
    INSERT INTO credentials (account, password_hash) VALUES (?, ?)
    ON CONFLICT (account) DO UPDATE SET password_hash = excluded.password_hash
"""
DROP_CREDENTIAL = "DELETE FROM credentials WHERE account = ?"
PUT_DEVICE = """
    INSERT INTO devices (id, account, name, refreshed_at, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, refreshed_at = excluded.refreshed_at,
        created_at = excluded.created_at, expires_at = excluded.expires_at
"""
REFRESHED = "UPDATE devices SET refreshed_at = ?, expires_at = ? WHERE id = ?"
MARK_REFRESHED = "UPDATE refresh_tokens SET used_at = ? WHERE hash = ? AND used_at IS NULL"
# Each is newer than all others of the device, whatever the clock shows: the oldest are forgotten.
PUT_REFRESH = """
    INSERT INTO refresh_tokens (hash, parent, device, created_at)
    SELECT ?1, ?2, id, max(?3, (SELECT ifnull(max(created_at), 0) + 1 FROM refresh_tokens WHERE device = ?4))
    FROM devices WHERE id = ?4
"""
FORGET_REFRESHED = """
    DELETE FROM refresh_tokens WHERE hash IN (
        SELECT hash FROM refresh_tokens WHERE device = ?1 AND (used_at IS NULL) = ?2
        ORDER BY created_at DESC LIMIT -1 OFFSET ?3
    )
"""
DROP_DEVICES = """
    DELETE FROM devices
    WHERE account = ?1 AND (?2 IS NULL OR id = ?2) AND (?3 IS NULL OR id <> ?3)
"""
# The device may have been revoked meanwhile.
PUT_PUSH = """
    INSERT INTO pushes (device, account, endpoint, p256dh, auth, at)
    SELECT id, account, ?3, ?4, ?5, ?6 FROM devices WHERE id = ?1 AND account = ?2
    ON CONFLICT (device) DO UPDATE
        SET endpoint = excluded.endpoint, p256dh = excluded.p256dh, auth = excluded.auth, at = excluded.at
"""
MOVE_PUSH = "DELETE FROM pushes WHERE account = ? AND endpoint = ? AND device <> ?"
# What was just put stays, also when the clock went back. So it does among recovery links.
FORGET_PUSHES = """
    DELETE FROM pushes WHERE device IN (
        SELECT device FROM pushes WHERE account = ?
        ORDER BY device = ? DESC, at DESC, device LIMIT -1 OFFSET ?
    )
"""
DROP_PUSH = "DELETE FROM pushes WHERE account = ?1 AND device = ?2 AND (?3 IS NULL OR endpoint = ?3)"
PUT_PASSKEY = """
    INSERT INTO passkeys (id, account, credential, public_key, count, rp, name, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
USE_PASSKEY = "UPDATE passkeys SET count = ?2, used_at = ?3 WHERE id = ?1"
NAME_PASSKEY = "UPDATE passkeys SET name = ?3 WHERE account = ?1 AND id = ?2"
DROP_PASSKEYS = "DELETE FROM passkeys WHERE account = ?1 AND (?2 IS NULL OR id = ?2)"
PUT_IDENTITY = """
    INSERT INTO identities (issuer, subject, account, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING
"""
DROP_IDENTITIES = """
    DELETE FROM identities
    WHERE account = ?1 AND (?2 IS NULL OR issuer = ?2) AND (?3 IS NULL OR subject = ?3)
"""
PUT_IMPORT_PERSON = """
    INSERT OR REPLACE INTO import_people (space, source, key, account, import) VALUES (?, ?, ?, ?, ?)
"""
PUT_IMPORT_ROOM = """
    INSERT INTO import_rooms (space, source, key, room, import) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET room = excluded.room,
        import = iif(room = excluded.room, coalesce(import, excluded.import), excluded.import)
"""
PUT_INVITE_CODE = """
    INSERT INTO invite_codes (code_hash, space, invite) VALUES (?, ?, ?)
    ON CONFLICT (code_hash) DO UPDATE SET space = excluded.space, invite = excluded.invite
"""
PUT_SECOND_FACTOR = """
    INSERT OR REPLACE INTO second_factors (account, secret, confirmed, used_step, recovery_codes)
    VALUES (?, ?, ?, ?, ?)
"""
DROP_SECOND_FACTOR = "DELETE FROM second_factors WHERE account = ?"
PUT_RECOVERY_LINK = """
    INSERT INTO recovery_links (account, code_hash, expires_at) VALUES (?, ?, ?)
"""
FORGET_RECOVERY_LINKS = """
    DELETE FROM recovery_links WHERE code_hash IN (
        SELECT code_hash FROM recovery_links WHERE account = ?
        ORDER BY code_hash = ? DESC, expires_at DESC LIMIT -1 OFFSET ?
    )
"""
DROP_RECOVERY_LINKS = "DELETE FROM recovery_links WHERE account = ?"
PUT_SETUP_CODE = """
    INSERT INTO setup_code (id, code_hash) VALUES (1, ?)
    ON CONFLICT (id) DO UPDATE SET code_hash = excluded.code_hash
"""
DROP_SETUP_CODE = "DELETE FROM setup_code"
PUT_SNAPSHOT = """
    INSERT INTO snapshots (stream, seq, state) VALUES (?, ?, ?)
    ON CONFLICT (stream) DO UPDATE SET seq = excluded.seq, state = excluded.state
    WHERE excluded.seq >= seq
"""
PUT_DRAFT = """
    INSERT INTO drafts (account, room, thread, text, at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (account, room, thread) DO UPDATE SET text = excluded.text, at = excluded.at
"""
DROP_DRAFT = "DELETE FROM drafts WHERE account = ? AND room = ? AND thread = ?"
PUT_SCHEDULED = """
    INSERT OR REPLACE INTO scheduled
        (id, account, room, text, reply_to, expires_in, post_at, created_at, attachments)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
DROP_BLOBS = "DELETE FROM dropped_blobs WHERE hash IN (SELECT value FROM json_each(?))"

DROP_SCHEDULED = "DELETE FROM scheduled WHERE id = ?"
POSTPONE_SCHEDULED = "UPDATE scheduled SET retry_at = ?2 WHERE id = ?1"
FAIL_SCHEDULED = "UPDATE scheduled SET failed = ?2 WHERE id = ?1"
PUT_FOLLOWER = """
    INSERT INTO followers (name, position) VALUES (?, ?)
    ON CONFLICT (name) DO UPDATE SET position = max(position, excluded.position)
"""
PUT_PROPOSED = """
    INSERT INTO proposers (proposer, n, sequence) VALUES (?, ?, ?)
    ON CONFLICT (proposer) DO UPDATE SET n = excluded.n, sequence = excluded.sequence
"""
FORGET_PROPOSERS = "DELETE FROM proposers WHERE sequence < ?"
PUT_NODE = "INSERT INTO nodes (name, joined_at) VALUES (?, ?) ON CONFLICT DO NOTHING"
DROP_NODE = "DELETE FROM nodes WHERE name = ?"
PUT_LEVEL = "UPDATE cluster_key SET level = max(level, ?)"
PUT_CLUSTER_KEY = """
    INSERT INTO cluster_key (id, number, secret) VALUES (1, ?, ?)
    ON CONFLICT (id) DO UPDATE SET number = excluded.number, secret = excluded.secret
"""
PUT_ERASURE = """
    INSERT INTO erasures (account, by, reason, messages, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
"""
PUT_LATEST_TIME = """
    INSERT INTO meta (key, value) VALUES ('latest_at', ?)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value
    WHERE CAST(excluded.value AS INTEGER) > CAST(value AS INTEGER)
"""
DROP_RESTORED = "DELETE FROM meta WHERE key = 'restored'"


# The writes whose fields are, in their order, the parameters of one statement.
ROWS: Final[Mapping[type[msgspec.Struct], str]] = {
    DropDevices: DROP_DEVICES,
    DropPush: DROP_PUSH,
    PutPasskey: PUT_PASSKEY,
    UsePasskey: USE_PASSKEY,
    NamePasskey: NAME_PASSKEY,
    DropPasskeys: DROP_PASSKEYS,
    PutIdentity: PUT_IDENTITY,
    DropIdentities: DROP_IDENTITIES,
    PutImportPerson: PUT_IMPORT_PERSON,
    PutImportRoom: PUT_IMPORT_ROOM,
    PutInviteCode: PUT_INVITE_CODE,
    PutSecondFactor: PUT_SECOND_FACTOR,
    DropSecondFactor: DROP_SECOND_FACTOR,
    DropRecoveryLinks: DROP_RECOVERY_LINKS,
    MoveMarkerBack: MARK_UNREAD,
    PutSnapshot: PUT_SNAPSHOT,
    DropScheduled: DROP_SCHEDULED,
    PostponeScheduled: POSTPONE_SCHEDULED,
    FailScheduled: FAIL_SCHEDULED,
    DropRestored: DROP_RESTORED,
    PutLatestTime: PUT_LATEST_TIME,
    PutFollower: PUT_FOLLOWER,
    PutNode: PUT_NODE,
    DropNode: DROP_NODE,
    PutLevel: PUT_LEVEL,
    PutClusterKey: PUT_CLUSTER_KEY,
    PutErasure: PUT_ERASURE,
}
# Those that come in crowds and touch nothing else: one statement for all of a kind.
CROWDS: Final[Mapping[type[msgspec.Struct], str]] = {
    MarkRead: MARK_READ,
    MarkDelivered: MARK_DELIVERED,
    PutPresence: PUT_PRESENCE,
}


def statements(writes: Iterable[Write]) -> list[Statement]:
    """In the order of the writes; those of crowds at the end."""
    found = []
    crowds: dict[str, list[tuple[Any, ...]]] = {}
    for write in writes:
        kind = type(write)
        if kind in CROWDS:
            crowds.setdefault(CROWDS[kind], []).append(astuple(write))
        elif kind in ROWS:
            found.append((ROWS[kind], astuple(write)))
        else:
            found += _several(write)
    found += [(sql, (msgspec.json.encode(crowd).decode(),)) for sql, crowd in crowds.items()]
    return found


def _several(write: Write) -> list[Statement]:
    """Of a write that takes more than one statement, or another one each time."""
    match write:
        case PutCredential(account, None):
            return [(DROP_CREDENTIAL, (account,))]
        case PutCredential():
            return [(PUT_CREDENTIAL, astuple(write))]
        case PutSetupCode(None):
            return [(DROP_SETUP_CODE, ())]
        case PutSetupCode():
            return [(PUT_SETUP_CODE, astuple(write))]
        case PutDraft(account, room, thread, ""):
            return [(DROP_DRAFT, (account, room, thread))]
        case PutDraft():
            return [(PUT_DRAFT, astuple(write))]
        case PutScheduled(attachments=attachments):
            files = json_rows.array(attachments) if attachments else None
            return [(PUT_SCHEDULED, (*astuple(write)[:-1], files))]
        case DropBlobs(hashes):
            return [(DROP_BLOBS, (json_rows.array(hashes),))]
        case FinishErasures(accounts):
            return forgetting(accounts)
        case CloseImport(import_):
            return [(sql, (import_,)) for sql in CLOSE_IMPORT]
        case PutDevice():
            return _device(write)
        case RotateRefreshToken():
            return _rotation(write)
        case PutRecoveryLink():
            return _recovery_link(write)
        case PutPush():
            return _push(write)
        case PutProposed():
            return _proposed(write)
        case _:
            raise TypeError(f"{type(write).__name__} is no write")


def _device(put: PutDevice) -> list[Statement]:
    refreshed_at = None if put.refresh_hash is None else put.created_at
    row = (put.device, put.account, put.name, refreshed_at, put.created_at, put.expires_at)
    if put.refresh_hash is None:
        return [(PUT_DEVICE, row)]
    return [(PUT_DEVICE, row), (PUT_REFRESH, (put.refresh_hash, None, put.created_at, put.device))]


def _rotation(rotate: RotateRefreshToken) -> list[Statement]:
    return [
        (MARK_REFRESHED, (rotate.at, rotate.used)),
        (PUT_REFRESH, (rotate.next, rotate.used, rotate.at, rotate.device)),
        (REFRESHED, (rotate.at, rotate.expires_at, rotate.device)),
        *((FORGET_REFRESHED, (rotate.device, unused, REFRESH_TOKENS)) for unused in (False, True)),
    ]


def _proposed(put: PutProposed) -> list[Statement]:
    mark = (PUT_PROPOSED, (put.proposer, put.n, put.sequence))
    return [mark] if put.n > 1 else [mark, (FORGET_PROPOSERS, (put.sequence - PROPOSER_KEPT,))]


def _recovery_link(put: PutRecoveryLink) -> list[Statement]:
    return [
        (PUT_RECOVERY_LINK, (put.account, put.code_hash, put.expires_at)),
        (FORGET_RECOVERY_LINKS, (put.account, put.code_hash, RECOVERY_LINKS)),
    ]


def _push(put: PutPush) -> list[Statement]:
    return [
        (PUT_PUSH, (put.device, put.account, put.endpoint, put.p256dh, put.auth, put.at)),
        (MOVE_PUSH, (put.account, put.endpoint, put.device)),
        (FORGET_PUSHES, (put.account, put.device, put.most)),
    ]
