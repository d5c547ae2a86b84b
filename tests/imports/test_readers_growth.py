"""What a message has much of makes an export longer, and its reading longer by as much: no message is taken
apart and put together again for each of its reactions, edits or equals."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from imports.reading import everything, folder
from msgspec import msgpack

from chatctl.imports import ordering
from chatctl.imports.export import Export
from chatctl.imports.matrix.rooms import MatrixRooms
from chatctl.imports.mattermost.export import MattermostExport

AT = 1_770_000_000_000
FEW, MANY = 100, 800


class Counting:
    """What goes into the temporary database and comes out of it, in bytes."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.bytes = 0
        patch.setattr(
            ordering,
            "msgpack",
            SimpleNamespace(
                Encoder=lambda: self._coder("encode", msgpack.Encoder()),
                Decoder=lambda kind: self._coder("decode", msgpack.Decoder(kind)),
            ),
        )

    def _coder(self, name: str, real: Any) -> SimpleNamespace:
        def count(value: Any) -> Any:
            done = getattr(real, name)(value)
            self.bytes += len(done if name == "encode" else value)
            return done

        return SimpleNamespace(**{name: count})


def matrix(events: list[dict[str, Any]]) -> dict[str, str]:
    talk = [
        {"event_id": f"${n}", "room_id": "!r:a", "sender": "@z:a", "origin_server_ts": AT + n, **event}
        for n, event in enumerate([{"type": "m.room.message", "content": {"body": "x"}}, *events])
    ]
    head = {"room_name": "T", "room_creator": "z", "topic": "", "export_date": "x", "exported_by": "z"}
    return {"tea.json": json.dumps({**head, "messages": talk})}


def reactions(count: int) -> dict[str, str]:
    about = {"m.relates_to": {"rel_type": "m.annotation", "event_id": "$0", "key": "🎉"}}
    return matrix([
        {"type": "m.reaction", "sender": f"@p{n}:a", "content": about} for n in range(count)
    ])  # fmt: skip


def edits(count: int) -> dict[str, str]:
    about = {"rel_type": "m.replace", "event_id": "$0"}
    return matrix([
        {"type": "m.room.message", "content": {"m.new_content": {"body": str(n)}, "m.relates_to": about}}
        for n in range(count)
    ])  # fmt: skip


def equals(count: int) -> dict[str, str]:
    post = {"team": "hq", "channel": "c", "user": "ann", "message": "x", "create_at": AT}
    lines = [{"type": "version", "version": 1}, *({"type": "post", "post": post} for _ in range(count))]
    return {"posts.jsonl": "\n".join(map(json.dumps, lines))}


@pytest.mark.parametrize(
    ("kind", "made", "counted"),
    [
        (MatrixRooms, reactions, lambda found: len(found.messages[0].reactions)),
        (MatrixRooms, edits, lambda found: len(found.messages[0].versions)),
        (MattermostExport, equals, lambda found: len(found.messages)),
    ],
    ids=["matrix reactions", "matrix edits", "mattermost equals"],
)
def test_reading_takes_as_much_longer_as_the_export_is(
    kind: type[Export],
    made: Callable[[int], dict[str, str]],
    counted: Callable[[Any], int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read = []
    for count in (FEW, MANY):
        bytes_ = Counting(monkeypatch)
        found = everything(kind, folder(tmp_path / str(count), dict(made(count))))
        assert counted(found) == count
        read.append(bytes_.bytes)
    few, many = read
    assert many <= 2 * few * MANY / FEW
