"""A database of every version there ever was is brought to the present one, whole.

The older ones are kept as SQL (`tests/store/dumps`); one of the present version is made here, so that the
way is walked also while there is only one.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from dumping import DUMPS, load, present
from store_facts import Pen

from chatd.ports import Append, Appended
from chatd.store.database import open_store
from chatd.store.ops import data_model
from chatd.store.ops.data_folder import DATABASE

PRESENT = data_model.present().version


def test_every_older_version_is_kept() -> None:
    kept = sorted(int(file.stem) for file in DUMPS.glob("*.sql"))
    assert kept == list(range(1, PRESENT)), "tests/store/dumps/README.md says how to keep one"


@pytest.mark.parametrize("version", range(1, PRESENT + 1))
async def test_a_database_of_this_version_goes_on_as_one_of_the_present(
    tmp_path: Path, pen: Pen, version: int
) -> None:
    made = tmp_path / "made"
    made.mkdir()
    sql = present(made) if version == PRESENT else (DUMPS / f"{version}.sql").read_text()
    folder = tmp_path / "data"
    folder.mkdir()
    load(folder / DATABASE, sql)
    async with open_store(folder) as store:
        assert store.epoch == "then"
        assert (await store.verify()).findings == ()
        assert await store.check() == ()
        page = await store.reader.history("hall", before=None, after=None, around=None, limit=50)
        texts = [row["text"] for row in page.rows if not row["deleted"]]
        assert {"hello, all", "@bob and all", "a picture"} <= set(texts)
        head = await store.reader.ask(
            lambda file: file.execute("SELECT max(seq) FROM events WHERE stream = 'room/hall'").fetchone()[0]
        )
        pen.rewind("room/hall", head)
        later = pen.post("hall", "and on", nonce="later")
        assert isinstance(later, Append)
        [done] = await store.log.submit([later]).wait()
        assert isinstance(done, Appended)
        assert (await store.verify()).findings == ()
    copies = sorted(path.name for path in folder.glob("*.version-*"))
    assert copies == ([] if version == PRESENT else [f"{DATABASE}.version-{version}"])
