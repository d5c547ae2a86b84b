"""How much of a move was done."""

from __future__ import annotations

import attrs


@attrs.define
class Moved:
    """How much came by which import: what `import.add_messages` counts, and the rest. `further_parts`: of the
    messages that were read, what goes on with one that was too long. `rooms_done` of `rooms`.
    `unknown_people`: keys for which the admin named an account, and of which nobody was met."""

    import_: str
    people: int = 0
    rooms: int = 0
    rooms_done: int = 0
    read: int = 0
    added: int = 0
    edited: int = 0
    deleted: int = 0
    unchanged: int = 0
    further_parts: int = 0
    reactions: int = 0
    dropped: int = 0
    missing_roots: int = 0
    future: int = 0
    files: int = 0
    missing_files: int = 0
    direct_left_out: int = 0
    rooms_deleted: list[str] = attrs.Factory(list)
    decided_late: list[str] = attrs.Factory(list)
    unknown_people: list[str] = attrs.Factory(list)
