"""Which files a command names, and what may be attached or be a picture."""

from __future__ import annotations

import pytest

from chatd.contract.account import UpdateAccount
from chatd.contract.emoji import AddEmoji
from chatd.contract.errors import Refusal
from chatd.contract.file import FileInfo
from chatd.contract.message import PostMessage
from chatd.contract.space import UpdateSpace
from chatd.domain.decision import Context
from chatd.domain.files import attached, files_of, refuse_picture
from chatd.domain.room.state import nonce_digest

PICTURE, NOTE, UNKNOWN = ("01JZZZZZZZ000000000000000" + digit for digit in "123")
WEB = "https://example.org/cat.png"


def known(id_: str, type_: str) -> FileInfo:
    nothing = {"width": None, "height": None, "preview": None}
    return FileInfo(id=id_, name="n", type=type_, size=1, url=f"/files/{id_}", **nothing)


FILES = {PICTURE: known(PICTURE, "image/webp"), NOTE: known(NOTE, "text/plain")}
CONTEXT = Context("ann", 1, files=FILES)


@pytest.mark.parametrize(
    ("command", "files"),
    [
        (PostMessage("r", "", attachments=[PICTURE, NOTE]), [PICTURE, NOTE]),
        (PostMessage("r", "x"), []),
        (UpdateAccount(avatar=PICTURE), [PICTURE]),
        (UpdateAccount(avatar=WEB), []),
        (UpdateAccount(avatar=""), []),
        (UpdateSpace("s", icon=PICTURE), [PICTURE]),
        (AddEmoji("s", "cat", PICTURE), [PICTURE]),
        (AddEmoji("s", "cat", WEB), []),
        (object(), []),
    ],
)
def test_a_command_names_its_files(command: object, files: list[str]) -> None:
    assert list(files_of(command)) == files


def test_what_the_caller_may_read_is_attached_in_its_order() -> None:
    assert attached([NOTE, PICTURE], CONTEXT) == [FILES[NOTE], FILES[PICTURE]]
    for wrong, code in (([NOTE, UNKNOWN], "not_found"), ([NOTE, NOTE], "invalid")):
        refusal = attached(wrong, CONTEXT)
        assert isinstance(refusal, Refusal)
        assert refusal.code == code


def test_a_picture_is_a_web_address_or_a_picture() -> None:
    for fine in (PICTURE, WEB, "", None):
        assert refuse_picture("avatar", fine, CONTEXT) is None
    for wrong, code in ((NOTE, "invalid"), (UNKNOWN, "not_found")):
        refusal = refuse_picture("avatar", wrong, CONTEXT)
        assert refusal is not None
        assert (refusal.code, refusal.message[:8]) == (code, "avatar: ")


def test_other_files_make_another_message_of_a_nonce() -> None:
    digests = {nonce_digest("x", None), nonce_digest("x", None, ["a"]), nonce_digest("x", None, ["a", "b"])}
    assert len(digests) == 3
    assert nonce_digest("x", 1, []) == nonce_digest("x", 1)
