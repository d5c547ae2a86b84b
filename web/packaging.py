"""What hatchling asks before it makes a package of chatd: the browser client must be built.

A package carries it, so that whoever installs one needs no Node. An editable installation is a checkout, in
which `make web` can build it later.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CLIENT = Path("chatd") / "gateway" / "http" / "web"


class BrowserClient(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "editable" and not (Path(self.root) / CLIENT / "index.html").exists():
            raise FileNotFoundError(
                "the browser client is not built, and packages of chatd carry it;"
                " run `make web` in the sources, then try again"
            )
