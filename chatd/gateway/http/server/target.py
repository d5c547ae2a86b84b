"""The target of a request (RFC 9112, section 3.2): which path is meant, and nothing that two readers of it
could take for two different paths."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote_to_bytes

from chatd.gateway.http.server.refusal import BadHead

_ABSOLUTE: Final = re.compile(r"https?://([^/?#]*)(/[^?#]*)?(?:\?([^#]*))?", re.IGNORECASE)
_WORTH_A_LOOK: Final = re.compile(r"[%\\]|/\.")
_BAD_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})|%2[Ff]|%5[Cc]")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


def split_target(target: str) -> tuple[str | None, str, str]:
    """Authority, path as it was sent, and query. The authority is None unless the target names one, as a
    proxy is asked; it then counts in place of `Host`. Raises BadHead."""
    if target.startswith("/"):
        path, _, query = target.partition("?")
        return None, path, query
    if target == "*":
        return None, target, ""
    absolute = _ABSOLUTE.fullmatch(target)
    if absolute is None:
        raise BadHead(400, "a request names a path, such as /healthz")
    return absolute[1], absolute[2] or "/", absolute[3] or ""


def decoded(path: str) -> str:
    """The path that is meant. Raises BadHead for one that climbs, hides a slash, or is no text."""
    if _WORTH_A_LOOK.search(path) is None:
        return path
    if _BAD_ESCAPE.search(path) or "\\" in path:
        raise BadHead(400, "a path holds no backslash, no encoded slash, and no % that encodes nothing", path)
    try:
        plain = unquote_to_bytes(path).decode()
    except UnicodeDecodeError:
        raise BadHead(400, "the bytes that a path encodes are UTF-8", path) from None
    if _CONTROL.search(plain):
        raise BadHead(400, "a path holds no control characters", path)
    if not {".", ".."}.isdisjoint(plain.split("/")):
        raise BadHead(400, "a path holds no segment . or ..", path)
    return plain
