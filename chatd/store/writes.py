"""Writes beside the log as statements: what each of them does to its table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, assert_never

import msgspec

from chatd.ports import (
    DropDevices,
    MarkRead,
    PutCredential,
    PutDevice,
    PutInviteCode,
    PutSetupCode,
    PutSnapshot,
    RotateDevice,
    Write,
)

Statement = tuple[str, Any]

# all markers of a transaction in one statement, however many there are
MARK_READ = """
    INSERT INTO read_markers (account, room, seq)
    SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?) WHERE true
    ON CONFLICT (account, room) DO UPDATE SET seq = excluded.seq WHERE excluded.seq > seq
"""
PUT_CREDENTIAL = """
    INSERT INTO credentials (account, password_hash) VALUES (?, ?)
    ON CONFLICT (account) DO UPDATE SET password_hash = excluded.password_hash
"""
DROP_CREDENTIAL = "DELETE FROM credentials WHERE account = ?"
PUT_DEVICE = """
    INSERT INTO devices (id, account, name, refresh_hash, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, refresh_hash = excluded.refresh_hash,
        created_at = excluded.created_at, expires_at = excluded.expires_at
"""
ROTATE_DEVICE = """
    UPDATE devices SET previous_hash = refresh_hash, refresh_hash = ?, rotated_at = ?, expires_at = ?
    WHERE id = ?
"""
DROP_DEVICES = """
    DELETE FROM devices
    WHERE account = ?1 AND (?2 IS NULL OR id = ?2) AND (?3 IS NULL OR id <> ?3)
"""
PUT_INVITE_CODE = """
    INSERT INTO invite_codes (code_hash, space, invite) VALUES (?, ?, ?)
    ON CONFLICT (code_hash) DO UPDATE SET space = excluded.space, invite = excluded.invite
"""
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


def statements(writes: Iterable[Write]) -> list[Statement]:
    """In the order of the writes; read markers, which touch nothing else, all at once at the end."""
    found = []
    markers = []
    for write in writes:
        if isinstance(write, MarkRead):
            markers.append((write.account, write.room, write.seq))
        else:
            found.append(_statement(write))
    if markers:
        found.append((MARK_READ, (msgspec.json.encode(markers).decode(),)))
    return found


def _statement(write: Write) -> Statement:
    match write:
        case PutCredential(account, None):
            return DROP_CREDENTIAL, (account,)
        case PutCredential(account, password_hash):
            return PUT_CREDENTIAL, (account, password_hash)
        case PutDevice(device, account, name, refresh_hash, created_at, expires_at):
            return PUT_DEVICE, (device, account, name, refresh_hash, created_at, expires_at)
        case RotateDevice(device, refresh_hash, at, expires_at):
            return ROTATE_DEVICE, (refresh_hash, at, expires_at, device)
        case DropDevices(account, device, keep):
            return DROP_DEVICES, (account, device, keep)
        case PutInviteCode(code_hash, space, invite):
            return PUT_INVITE_CODE, (code_hash, space, invite)
        case PutSetupCode(None):
            return DROP_SETUP_CODE, ()
        case PutSetupCode(code_hash):
            return PUT_SETUP_CODE, (code_hash,)
        case PutSnapshot(stream, seq, state):
            return PUT_SNAPSHOT, (stream, seq, state)
        case MarkRead():
            raise AssertionError("read markers are written together")
        case _:
            assert_never(write)
