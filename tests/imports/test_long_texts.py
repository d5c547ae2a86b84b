"""A long text is made Markdown of in one walk, whatever it consists of."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from chatctl.imports.whatsapp.words import without_edited
from chatctl.imports.zulip.markup import Writer

SIGNS = 40_000
SOON = 1.0  # seconds of the processor, of which one walk takes some hundredths


def zulip(text: str) -> str:
    return Writer(lambda name: None).markdown(text)


@pytest.mark.parametrize(
    ("written", "sign"),
    [(zulip, "`"), (without_edited, "\n")],
    ids=["code of Zulip", "lines of WhatsApp"],
)
def test_what_is_repeated_takes_as_much_longer_as_it_is_repeated(
    written: Callable[[str], object], sign: str
) -> None:
    text = f"a{sign * SIGNS}b"
    before = time.thread_time()
    written(text)
    assert time.thread_time() - before < SOON
