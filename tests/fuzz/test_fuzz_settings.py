"""Whatever stands in the file and the environment, a setting is taken or refused with one sentence."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import attrs
import pytest
from hypothesis import strategies as st

from chatd.settings import Settings, SettingsError
from chatd.settings.loading import load

from .budget import check_sentence
from .mutation import cut_up

MUTANTS = 15
NAMES = [field.name for field in attrs.fields(Settings)]
TOKENS = (
    "[chatd]", "[other]", "[[chatd]]", "[chatd.x]", "=", " = ", "\n", "\r", '"', '"""', "'", "[", "]",
    "{", "}", ",",
    ".", "#", "\0", "\\", "\\u0000", "\\ud800", "\ufeff", "é", "-", "+", "1e999", "inf", "nan", "true",
    "9" * 400,
    "1979-05-27T07:32:00Z", "0x10", "_", "a" * 2000, "chatd = 1\n", "port = 1\n", "[chatd]\n",
    "[" * 2000, "{a=" * 900,
)  # fmt: skip
VALUES: list[Any] = [
    True, False, 0, 1, -1, 65_536, 0.5, -0.5, 1e300, 2**70, "", " ", "open", "invite", "0.5/30", "1/0",
    "1/1/1",
    "https://chat.example.org", "http://127.0.0.1", "http://[", "https://[::1", "ftp://a", "//a",
    "127.0.0.1", "::1",
    "10.0.0.0/8", "10.0.0.0/99", "a" * 3000, "\x01", "é", "日", "%s", "/etc", "/nowhere", [], ["a"],
    ["::1", 1],
    ["10.0.0.0/8"], {}, {"a": 1}, [[1]], "debug", "1/9999999999", "٣/٣", "\u2028", "a\nb",
]  # fmt: skip
SEEDED = st.tuples(
    st.dictionaries(st.sampled_from(NAMES), st.sampled_from(VALUES) | st.text(max_size=20), max_size=4),
    st.dictionaries(st.sampled_from(NAMES), st.sampled_from(VALUES) | st.text(max_size=20), max_size=2),
    st.integers(0, 2**32),
)
Chosen = tuple[bytes, dict[str, str]]  # the file, and the environment


def choices(drawn: Any) -> Iterator[Chosen]:
    in_file, in_environment, seed = drawn
    random = Random(seed)
    text = "[chatd]\n" + "".join(f"{name} = {_toml(value)}\n" for name, value in in_file.items())
    environment = {
        f"CHATD_{name.upper()}": str(value).replace("\0", "") for name, value in in_environment.items()
    }
    yield _bytes(text), environment
    for _ in range(MUTANTS):
        yield _bytes(cut_up(text, TOKENS, random)), environment if random.random() < 0.3 else {}


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {_toml(one)}" for name, one in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")


def test_no_file_and_no_environment_is_more_than_settings_or_a_sentence(
    attack: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "chatd.toml"
    for name in NAMES:
        monkeypatch.delenv(f"CHATD_{name.upper()}", raising=False)

    def choose(chosen: Chosen) -> None:
        text, environment = chosen
        config.write_bytes(text)
        os.environ |= {name: value.encode(errors="replace").decode() for name, value in environment.items()}
        try:
            assert isinstance(load(config, {}), Settings)
        except SettingsError as error:
            for sentence in str(error).splitlines():
                check_sentence(sentence)
        finally:
            for name in environment:
                del os.environ[name]

    attack(SEEDED, choices, choose)
