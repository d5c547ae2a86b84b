"""What a browser loads before it shows anything stays small, and everything else comes when it is opened."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import built
import pytest

SCRIPTS, ALL = 60_000, 100_000  # bytes, gzipped
WITH_A_ROOM = {"src/composer/Composer.tsx", "src/message/Actions.tsx", "src/notify/start.ts"}
LATE = 70_000  # of anything that is loaded later, by itself; the largest is the search words of emoji


@pytest.fixture(scope="module")
def client() -> Path:
    return built.client()


def first_load(client: Path) -> dict[str, int]:
    """The files of the first load, gzipped: the page, its entry, all that this imports, and their styles."""
    chunks = manifest(client)
    names = {"index.html"} | files(chunks, *(key for key, chunk in chunks.items() if chunk.get("isEntry")))
    return {name: size(client / name) for name in names}


def manifest(client: Path) -> Any:
    return json.loads((client / "manifest.json").read_text())


def files(chunks: Any, *keys: str) -> set[str]:
    """The files of these chunks and of all that they import, and their styles."""
    names: set[str] = set()
    waiting = list(keys)
    while waiting:
        chunk = chunks[waiting.pop()]
        if chunk["file"] not in names:
            names |= {chunk["file"], *chunk.get("css", ())}
            waiting += chunk.get("imports", ())
    return names


def size(file: Path) -> int:
    return len(gzip.compress(file.read_bytes(), 9))


def test_the_first_load_is_small(client: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sizes = first_load(client)
    scripts = sum(one for name, one in sizes.items() if name.endswith(".js"))
    total = sum(sizes.values())
    with capsys.disabled():
        print(f"\nfirst load of the client: {scripts:,} bytes of script, {total:,} in all, gzipped")  # noqa: T201
    assert scripts <= SCRIPTS, sizes
    assert total <= ALL, sizes


def test_what_every_room_loads_comes_with_few_requests(client: Path) -> None:
    """There were thirty, one behind the other where a browser makes six at a time."""
    chunks = manifest(client)
    room = [key for key, chunk in chunks.items() if chunk.get("name") == "room"]
    alone = [key for key in chunks if key in WITH_A_ROOM]
    assert len(files(chunks, *room, *alone) - first_load(client).keys()) <= 5
    assert (len(room), alone) == (1, [])
    signing_in = [key for key, chunk in chunks.items() if chunk.get("name") in ("Ways", "getting-in")]
    assert signing_in
    assert files(chunks, *signing_in).isdisjoint(chunks[one]["file"] for one in room)


def test_what_is_loaded_later_comes_in_small_pieces(client: Path) -> None:
    pieces = {file.name: size(file) for file in (client / "assets").glob("*.js")}
    assert max(pieces.values()) <= LATE, pieces


def test_every_text_of_the_build_is_there_compressed(client: Path) -> None:
    texts = [file for kind in ("js", "css") for file in client.rglob(f"*.{kind}")]
    lacking = {
        file.name
        for file in texts
        for ending in ("br", "gz")
        if file.stat().st_size >= 1024 and not file.with_name(f"{file.name}.{ending}").exists()
    }
    assert lacking == set()


def test_nothing_stands_inline_in_the_page(client: Path) -> None:
    page = (client / "index.html").read_text()
    assert "<style" not in page
    assert page.count("<script") == page.count('<script type="module" crossorigin src="/assets/')
    assert " style=" not in page
