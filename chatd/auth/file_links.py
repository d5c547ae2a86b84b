"""Signed links to files: good for one file, on behalf of one account, until a time.

A link proves who made it and nothing else: whether that account may read the file is asked when it is used.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from urllib.parse import urlencode

import msgspec

from chatd.contract.file import file_url


class FileLinks(msgspec.Struct, frozen=True, eq=False):
    """`key`: the server's signing key; `epoch`: of its database, so that a restored one knows no older
    link."""

    key: bytes
    epoch: str

    def path(self, file: str, by: str, expires: int) -> str:
        """The link, a path on this server. `by` makes it; `expires` are Unix seconds."""
        signature = self._signature(file, by, str(expires))
        return f"{file_url(file)}?{urlencode({'by': by, 'expires': expires, 'signature': signature})}"

    def good(self, file: str, by: str, expires: str, signature: str, now: float) -> bool:
        """Whether `path` made it, and it has not expired at `now` (Unix seconds)."""
        made = self._signature(file, by, expires)
        genuine = hmac.compare_digest(made.encode(), signature.encode("utf-8", "replace"))
        return genuine and int(expires) > now

    def _signature(self, file: str, by: str, expires: str) -> str:
        signed = "\0".join(("file.link", self.epoch, file, by, expires)).encode("utf-8", "replace")
        return urlsafe_b64encode(hmac.digest(self.key, signed, "sha256")).decode().rstrip("=")
