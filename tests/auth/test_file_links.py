"""Signed links to files: good for what they say, and for nothing else."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from chatd.auth.file_links import FileLinks

LINKS = FileLinks(b"k" * 32, "epoch")
GOOD = {"file": "f", "by": "ann", "expires": "100"}


def signature() -> str:
    return parse_qs(urlsplit(LINKS.path("f", "ann", 100)).query)["signature"][0]


def test_a_link_is_good_until_it_expires() -> None:
    path = LINKS.path("f", "ann", 100)
    assert path.startswith("/files/f?by=ann&expires=100&signature=")
    assert LINKS.good(**GOOD, signature=signature(), now=99.9)
    assert not LINKS.good(**GOOD, signature=signature(), now=100)


@pytest.mark.parametrize(
    "change",
    [{"file": "g"}, {"by": "bob"}, {"expires": "101"}, {"expires": "1e9"}, {"expires": ""}, {"by": "ann\0"}],
)
def test_nothing_in_it_can_be_changed(change: dict[str, str]) -> None:
    assert not LINKS.good(**{**GOOD, **change}, signature=signature(), now=1)


@pytest.mark.parametrize("wrong", ["", "x", "é", "\ud800", signature()[:-1]])
def test_a_wrong_signature_is_wrong(wrong: str) -> None:
    assert not LINKS.good(**GOOD, signature=wrong, now=1)


def test_another_server_or_history_knows_no_link_of_this_one() -> None:
    for other in (FileLinks(b"q" * 32, "epoch"), FileLinks(b"k" * 32, "restored")):
        assert not other.good(**GOOD, signature=signature(), now=1)
