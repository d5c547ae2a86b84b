"""The table of requests: every command and query, collected from the modules of their nouns.

A request that has no row here does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from keyword import iskeyword
from typing import Final

from chatd.contract import (
    access,
    account,
    account_admin,
    audit,
    backup,
    ban,
    block,
    bookmark,
    bot,
    cluster,
    device,
    direct,
    doctor,
    draft,
    emoji,
    erasure,
    event,
    export,
    file,
    identity,
    import_,
    invite,
    member,
    message,
    notification,
    passkey,
    pin,
    preferences,
    presence,
    profile,
    push,
    quota,
    reaction,
    read,
    receipt,
    report,
    retention,
    room,
    server,
    session,
    sign_in,
    space,
    subscription,
    thread,
    totp,
    typing,
    unread,
    view,
)
from chatd.contract.errors import Refusal
from chatd.contract.field_errors import quote
from chatd.contract.spec import RequestType

_ROWS: Final = tuple(
    row
    for module in (
        *(session, sign_in, account, account_admin, profile, identity, device, totp, passkey, bot, quota),
        *(space, invite, emoji, member, ban, erasure, report, audit, access),
        *(room, retention, export, direct, message, reaction, pin, thread),
        *(read, unread, receipt, typing, presence),
        *(notification, push, subscription, preferences, block, bookmark, draft, file),
        *(view, event, server, doctor, cluster, backup, import_),
    )
    for row in module.REQUESTS
)
_NOUNS: Final = tuple(dict.fromkeys(row.noun for row in _ROWS))  # a module may have requests of several
REQUESTS: Final[Mapping[str, RequestType]] = {
    row.name: row for row in sorted(_ROWS, key=lambda row: _NOUNS.index(row.noun))
}

_BY_CLASS: Final[Mapping[type[object], RequestType]] = {row.request: row for row in REQUESTS.values()}


def row_of(request: object) -> RequestType:
    """The row of a typed request. Raises TypeError for anything else."""
    try:
        return _BY_CLASS[type(request)]
    except KeyError:
        raise TypeError(f"{type(request).__name__} is no request") from None


def find(kind: str, name: object) -> RequestType | Refusal:
    """The row of a request, or a refusal that says what is wrong with its name."""
    row = REQUESTS.get(name) if isinstance(name, str) else None
    if row is None:
        said = f"unknown {kind} {quote(name)}" if isinstance(name, str) else f"{kind} is a name"
        return Refusal("invalid", said)
    if row.kind != kind:
        return Refusal("invalid", f"{row.name} is a {row.kind}, not a {kind}")
    return row


def module_of(noun: str) -> str:
    """The module that says what the noun is; one that is a name of Python's has an underscore behind it."""
    return f"chatd.contract.{noun}_" if iskeyword(noun) else f"chatd.contract.{noun}"
