"""What fails while an import runs ends it: with one line, unfinished, so that the same command goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from test_chatctl_import import messages, said, slack

from chatctl.failure import Failed
from chatctl.imports import lane
from chatctl.imports.attach import Uploads
from chatd.client import Client, Disconnected
from chatd.contract.import_ import AddImportMessages, BeginImport, FindImported

MANY = 1_300  # messages: more than are on their way at once
Breaking = Callable[[pytest.MonkeyPatch], None]


def export(path: Path, team: str) -> Path:
    notes = {"id": "F1", "name": "notes.txt", "mimetype": "text/plain", "size": 5, "mode": "hosted"}
    talk = [said(f"{1600000000 + n}.000000", f"text {n}") for n in range(MANY)]
    talk[0]["files"] = talk[650]["files"] = [notes]
    talk[700]["user"] = "U77"  # in no list
    channels = [
        {"id": f"C{name}", "name": name, "created": 1600000000, "members": []} for name in ("lounge", "den")
    ]
    more: dict[str, Any] = {"channels.json": channels, "den/2020-09-13.json": talk[:5]}
    return slack(path, *talk, team=team, **more, **{"__uploads/F1/notes.txt": b"hello"})


def refused(request: type[Any], nth: int) -> Breaking:
    """The `nth` request of this type."""

    def breaking(patched: pytest.MonkeyPatch) -> None:
        asked, left = Client.ask, nth

        async def ask(self: Client, asking: object, result: type[Any], /) -> Any:
            nonlocal left
            if isinstance(asking, request):
                left -= 1
                if left == 0:
                    raise Failed("no more of this")
            return await asked(self, asking, result)

        patched.setattr(Client, "ask", ask)

    return breaking


def unreadable(patched: pytest.MonkeyPatch) -> None:
    take, calls = lane._take, iter(range(9_999))

    def taking(found: Iterator[Any]) -> list[Any]:
        if next(calls) == 3:
            raise Failed("no more of this")
        return take(found)

    patched.setattr(lane, "_take", taking)


def no_upload(patched: pytest.MonkeyPatch) -> None:
    async def upload(*_: Any) -> str:
        raise Failed("no more of this")

    patched.setattr(Uploads, "upload", upload)


@pytest.mark.parametrize(
    "breaking",
    [
        *(pytest.param(refused(AddImportMessages, nth), id=f"batch {nth}") for nth in (1, 2, 5)),
        *(pytest.param(refused(FindImported, nth), id=f"find {nth}") for nth in (1, 2)),
        pytest.param(unreadable, id="reading"),
        pytest.param(no_upload, id="upload"),
    ],
)
def test_what_fails_in_the_middle_is_said_and_gone_on_with(
    breaking: Breaking, chatctl: Any, town: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    space = town.space["id"]
    file = export(tmp_path / "export.zip", f"T{space[-6:]}{abs(hash(str(tmp_path))) % 10_000}")
    words = ("import", "run", str(file), "--space", space)
    with monkeypatch.context() as patched:
        breaking(patched)
        assert "no more of this" in chatctl.refused(*words)
    [begun] = [one for one in chatctl.json("import", "list", "--space", space) if not one["undone_at"]]
    assert begun["finished_at"] is None
    chatctl(*words)
    [done] = [one for one in chatctl.json("import", "list", "--space", space) if not one["undone_at"]]
    assert (done["id"], done["messages"]) == (begun["id"], MANY + 5)
    assert [one["text"] for one in messages(chatctl, space)][-1] == f"text {MANY - 1}"
    chatctl("import", "undo", done["id"], "--yes")


def test_an_import_whose_beginning_was_not_answered_goes_on_with_what_was_begun(
    chatctl: Any, town: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    space, asked, lost = town.space["id"], Client.ask, [Disconnected("the connection broke")]

    async def ask(self: Client, asking: object, result: type[Any], /) -> Any:
        answer = await asked(self, asking, result)
        if isinstance(asking, BeginImport) and lost:
            raise lost.pop()
        return answer

    monkeypatch.setattr(Client, "ask", ask)
    file = slack(tmp_path / "export.zip", said("1600000000.000000", "hi"), team=f"T{space[-6:]}")
    assert "1 message added" in chatctl("import", "run", str(file), "--space", space)
    assert not lost
    [done] = chatctl.json("import", "list", "--space", space)
    assert done["finished_at"] is not None


def test_of_two_that_begin_the_import_of_one_file_at_once_both_go_on_with_the_first(
    chatctl: Any, town: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    space, asked, others = town.space["id"], Client.ask, []

    async def ask(self: Client, asking: object, result: type[Any], /) -> Any:
        if isinstance(asking, BeginImport) and not others:
            others.append((await asked(self, asking, result)).import_)
        return await asked(self, asking, result)

    monkeypatch.setattr(Client, "ask", ask)
    file = slack(tmp_path / "export.zip", said("1600000000.000000", "hi"), team=f"T2{space[-6:]}")
    chatctl("import", "run", str(file), "--space", space)
    all_ = chatctl.json("import", "list", "--space", space)
    first, other = (one for one in all_ if one["source"].endswith(f"T2{space[-6:]}"))
    assert (first["id"], first["messages"], other["messages"]) == (others[0], 1, 0)
    assert None not in (first["finished_at"], other["finished_at"])
