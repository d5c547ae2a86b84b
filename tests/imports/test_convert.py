"""Messages of exports as the server takes them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from chatctl.imports import fit
from chatctl.imports.batches import batches
from chatctl.imports.convert import Attached, convert
from chatctl.imports.records import Message, Reaction, Version
from chatd.contract.fields import MAX_TEXT
from chatd.contract.import_ import MAX_MESSAGES, MAX_REACTIONS, MAX_VERSIONS
from chatd.frames.codec import MAX_FRAME

ACCOUNTS: Any = SimpleNamespace(ids={"u": "0" * 26}, named=lambda text: text)


@pytest.mark.parametrize("sign", ["a", "\u00e4", "\u4e16", "\U0001f600"])
def test_the_largest_message_fits_into_a_frame(sign: str) -> None:
    text = sign * MAX_TEXT
    message = Message(
        "k" * 200,
        "u",
        1,
        text,
        versions=tuple(Version(text, at) for at in range(MAX_VERSIONS + 10)),
        reactions=tuple(Reaction("u", f":{n:062}:") for n in range(MAX_REACTIONS)),
    )
    for batch in batches(convert(message, ACCOUNTS), MAX_MESSAGES):
        assert len(msgspec.msgpack.encode(batch)) + 1000 < MAX_FRAME
    [whole] = convert(message, ACCOUNTS)
    assert whole.versions[-1].at == MAX_VERSIONS + 9, "the newest ones"


def test_a_message_has_as_many_earlier_texts_as_the_server_takes() -> None:
    message = Message("k", "u", 1, "now", versions=tuple(Version(f"text {at}", at) for at in range(80)))
    [whole] = convert(message, ACCOUNTS)
    assert [version.at for version in whole.versions] == list(range(80 - MAX_VERSIONS, 80))


def test_what_was_a_file_alone_before_its_first_edit_had_no_text() -> None:
    message = Message("k", "u", 2, "now", versions=(Version("", 1),))
    [whole] = convert(message, ACCOUNTS, Attached(["0" * 26]))
    assert [version.text for version in whole.versions] == [""]
    [bare] = convert(message, ACCOUNTS)
    assert [version.text for version in bare.versions] == [fit.NOTHING]


@pytest.mark.parametrize("fence", ["```", "~~~~"])
def test_code_that_is_too_long_for_one_message_is_code_in_each(fence: str) -> None:
    lines = [f"{'    ' * (n % 4)}a_{n} = [*b]" for n in range(1_500)]
    text = "\n".join(["see:", f"{fence}py", *lines, fence, "_that_ was it"])
    parts = [part.text for part in convert(Message("k", "u", 1, text), ACCOUNTS)]
    assert len(parts) > 2
    assert all(len(part) <= MAX_TEXT for part in parts)
    code = []
    for part in parts:
        opened, closed = part.index(f"{fence}py\n"), part.rindex(f"\n{fence}")
        code += part[opened + len(fence) + 3 : closed].split("\n")
    assert code == lines
    assert parts[0].startswith("see:\n")
    assert parts[-1].endswith(f"\n{fence}\n_that_ was it")


def test_a_sign_is_not_cut_from_what_makes_it_one() -> None:
    parts = [part.text for part in convert(Message("k", "u", 1, "a" + r"\_" * 9_000), ACCOUNTS)]
    assert [part[:1] for part in parts] == ["a", "\\"]
    assert "".join(parts) == "a" + r"\_" * 9_000
