"""Shapes that several ports share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from chatd.domain.event import Event

Row = dict[str, Any]
Render = Callable[[Sequence[Event]], bytes]  # events as the bytes that go to a client
