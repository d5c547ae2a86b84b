"""What operators can ask of the server."""

from __future__ import annotations

from typing import Annotated

import attrs
from msgspec import Meta

from chatd.contract.fields import DEFAULT_PAGE, Label, Limit, Path, Seq


@attrs.frozen
class ListEvents:
    after: Seq | None = None
    stream: Annotated[str, Meta(min_length=1, max_length=80)] | None = None
    limit: Limit = DEFAULT_PAGE
    wait: Annotated[float, Meta(ge=0, le=30)] | None = None


@attrs.frozen
class ServerStatus:
    pass


@attrs.frozen
class ServerTop:
    pass


@attrs.frozen
class CheckServer:
    pass


@attrs.frozen
class VerifyServer:
    pass


@attrs.frozen
class CreateBackup:
    path: Path


@attrs.frozen
class ListViews:
    pass


@attrs.frozen
class RebuildView:
    name: Label
