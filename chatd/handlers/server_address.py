"""The address under which this server is reached: known once it listens."""

from __future__ import annotations

import attrs


@attrs.define(eq=False)
class ServerAddress:
    """`url` is empty until the server listens."""

    url: str = ""
