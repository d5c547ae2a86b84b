"""The shapes that an export can have beside its lines: their names, and nothing that takes long to load."""

from __future__ import annotations

from typing import Final, Literal

Shape = Literal["slack", "html"]
SHAPES: Final[tuple[Shape, ...]] = ("slack", "html")
