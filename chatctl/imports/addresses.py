"""Addresses in exports, without the secrets that many of them carry."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

LONGEST: Final = 2_000  # characters

# What gives access in the query of an address: of Slack (t), Discord (ex, is, hm), S3, Azure and others.
_SECRET: Final = re.compile(
    r"(?i)(t|ex|is|hm|sig|sv|se|sp|key|.*auth|code|rc_token|rc_uid|pub_secret|.*(token|secret|signature|password)"
    r"|x-(amz|goog)-.*|.*(access|api)[-_]?key(id)?|expires)"
)


def without_secrets(address: object) -> str | None:
    """The address if it is one of the web; without name and password in it, and without what gives access."""
    if not isinstance(address, str) or len(address) > LONGEST:
        return None
    try:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return None
        kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True)]
    except ValueError:
        return None
    query = parts.query
    if any(_SECRET.fullmatch(name) for name, _ in kept):
        query = urlencode([(name, value) for name, value in kept if not _SECRET.fullmatch(name)])
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, query, ""))
