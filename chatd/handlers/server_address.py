"""The address of this server: where it listens, and what the links that it hands out begin with."""

from __future__ import annotations

import re
from typing import Final

import msgspec

_HERE: Final = re.compile(r"//(?:127\.0\.0\.1|0\.0\.0\.0|\[::1?\]):")


class ServerAddress(msgspec.Struct, eq=False):
    """`url`: where it listens, empty until it does. `public`: where people reach it, if a setting says so."""

    public: str = ""
    url: str = ""

    @property
    def home(self) -> str:
        """What every link begins with, without a slash at its end.

        On this machine that is `localhost`: browsers make no passkeys for an IP address, and "all addresses"
        is none to open.
        """
        return self.public.rstrip("/") or _HERE.sub("//localhost:", self.url)

    def link(self, path: str, code: str) -> str:
        """A link to a page that takes a one-time code."""
        return f"{self.home}{path}?code={code}"
