"""The address of this server: where it listens, and what the links that it hands out begin with."""

from __future__ import annotations

import msgspec


class ServerAddress(msgspec.Struct, eq=False):
    """`url`: where it listens, empty until it does. `public`: where people reach it, if a setting says so."""

    public: str = ""
    url: str = ""

    @property
    def home(self) -> str:
        """What every link begins with, without a slash at its end. "All addresses" is none to open."""
        own = self.url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")
        return self.public.rstrip("/") or own

    def link(self, path: str, code: str) -> str:
        """A link to a page that takes a one-time code."""
        return f"{self.home}{path}?code={code}"
