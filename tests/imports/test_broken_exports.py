"""Whatever is wrong in an export, what is read is in order and the rest is told."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from imports.reading import everything, folder, zipped
from imports.small_exports import JSON, TEXT

from chatctl.imports.export import Export, Unreadable
from chatctl.imports.formats import recognise

ODD: list[Any] = [None, True, -1, 1e300, "", "\ud800\u0000\u000ex\u000f", [None], {"x": {}}]
ALL = JSON + TEXT
NAMES = [kind.format for kind, _ in ALL]


def written(files: dict[str, Any]) -> dict[str, str | bytes]:
    return {name: what if isinstance(what, str) else json.dumps(what) for name, what in files.items()}


def read(kind: type[Export], path: Path) -> int:
    """The number of messages; none where it is refused. Nothing but `Unreadable` may be raised."""
    try:
        return len(everything(kind, path, zone="Europe/Berlin", day_first=True).messages)
    except Unreadable:
        return 0


@pytest.mark.parametrize(("kind", "files"), ALL, ids=NAMES)
def test_the_whole_export_is_read(kind: type[Export], files: dict[str, Any], tmp_path: Path) -> None:
    assert read(kind, folder(tmp_path / "a", written(files))) > 0
    assert kind.looks_like(zipped(tmp_path / "a.zip", written(files)))


@pytest.mark.parametrize(("kind", "files"), ALL, ids=NAMES)
def test_the_mark_that_editors_put_before_a_text_is_none_of_it(
    kind: type[Export], files: dict[str, Any], tmp_path: Path
) -> None:
    texts = {name: text for name, text in written(files).items() if isinstance(text, str)}
    marked = folder(
        tmp_path / "marked", {**written(files), **{name: f"\ufeff{texts[name]}" for name in texts}}
    )
    assert recognise(marked) is kind
    plain = folder(tmp_path / "plain" / "marked", written(files))
    assert read(kind, marked) == read(kind, plain)


@pytest.mark.parametrize(("kind", "files"), ALL, ids=NAMES)
def test_a_file_that_is_cut_gives_what_is_before(
    kind: type[Export], files: dict[str, Any], tmp_path: Path
) -> None:
    whole = written(files)
    most = read(kind, folder(tmp_path, whole))
    for name, text in whole.items():
        data = text if isinstance(text, bytes) else text.encode()
        for at in range(0, len(data), max(1, len(data) // 25)):
            assert read(kind, folder(tmp_path, {name: data[:at]})) <= most
        folder(tmp_path, {name: data})


@pytest.mark.parametrize(("kind", "files"), ALL, ids=NAMES)
def test_a_zip_with_any_byte_changed_is_read_or_refused(
    kind: type[Export], files: dict[str, Any], tmp_path: Path
) -> None:
    data = zipped(tmp_path / "whole.zip", written(files)).read_bytes()
    chance = random.Random(kind.format)
    for _ in range(60):
        broken = bytearray(data)
        broken[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path = tmp_path / "broken.zip"
        path.write_bytes(broken[: chance.choice([len(data), chance.randrange(1, len(data))])])
        read(kind, path)


@pytest.mark.parametrize(("kind", "files"), JSON, ids=NAMES[: len(JSON)])
def test_every_value_may_be_of_any_kind(kind: type[Export], files: dict[str, Any], tmp_path: Path) -> None:
    folder(tmp_path, written(files))
    chance = random.Random(kind.format)
    for name, document in files.items():
        for odd in with_odd_values(document, chance):
            read(kind, folder(tmp_path, {name: json.dumps(odd)}))
        folder(tmp_path, {name: json.dumps(document)})


@pytest.mark.parametrize(("kind", "files"), TEXT, ids=NAMES[len(JSON) :])
def test_every_line_may_have_anything_in_it(
    kind: type[Export], files: dict[str, Any], tmp_path: Path
) -> None:
    chance = random.Random(kind.format)
    signs = [
        b"\x00",
        b"\xff",
        b"[",
        b"<",
        b"\t",
        b"99",
        b"\xe2\x80\x8e",
        b"\n",
        b"*",
        b"\x1b$B",
        b": ",
        b"\x03",
    ]
    for name, text in files.items():
        data = text.encode()
        for _ in range(150):
            at = chance.randrange(len(data) + 1)
            read(
                kind, folder(tmp_path, {**written(files), name: data[:at] + chance.choice(signs) + data[at:]})
            )


def with_odd_values(document: Any, chance: random.Random) -> Iterator[Any]:
    """The document with each of its values in turn replaced by some of the odd ones."""
    for path in list(paths(document)):
        for odd in (10**30, "9" * 400, *chance.sample(ODD, 2)):
            changed = copy.deepcopy(document)
            at = changed
            for step in path[:-1]:
                at = at[step]
            at[path[-1]] = odd
            yield changed


def paths(value: Any, around: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if around:
        yield around
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inside:
        yield from paths(each, (*around, name))
