"""What the names of emoji mean that other chats write."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from chatctl.imports.emoji import emoji_named, reaction_named, with_emoji
from chatd.domain.emoji import is_character, qualified

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("name", "emoji"),
    [
        ("+1", "👍"),
        ("thumbsup", "👍"),
        ("heart", "❤️"),
        ("clap::skin-tone-3", "👏🏼"),
        ("ok_hand_dark_skin_tone", "👌🏿"),
        ("female-technologist::skin-tone-6", "👩🏿‍💻"),
        ("flag-de", "🇩🇪"),
        ("simple_smile", "🙂"),
        ("tada::skin-tone-2", "🎉"),
        ("slight_smile", None),
        ("nobody_knows_it", None),
        ("::skin-tone-2", None),
        ("", None),
    ],
)
def test_a_name_is_the_character(name: str, emoji: str | None) -> None:
    assert emoji_named(name) == emoji
    assert emoji is None or (is_character(emoji) and qualified(emoji) == emoji)


def test_names_of_fewer_chats_are_known_where_they_are_asked_for() -> None:
    assert emoji_named("slight_smile", more=True) == "🙂"
    assert [emoji_named(f"{name}_tone3", more=True) for name in ("clap", "thumbsup", "x_y")] == [
        "👏🏽",
        "👍🏽",
        None,
    ]
    assert emoji_named("clap_tone3") is None


def test_a_reaction_with_an_unknown_name_is_that_of_a_custom_emoji() -> None:
    assert reaction_named("partyparrot") == ":partyparrot:"
    assert reaction_named("partyparrot::skin-tone-2") == ":partyparrot:"
    assert reaction_named("Ünïcode !" + "x" * 90) == ":_n_code_" + "x" * 24 + ":"
    assert reaction_named("x") == ":x_:" or reaction_named("x") == "❌"
    assert reaction_named("") == ":__:"


def test_names_in_a_text_become_characters_and_times_stay() -> None:
    assert with_emoji(":tada: at 10:30:20, see a:b:c and :what_is_this: :+1::skin-tone-2:") == (
        "🎉 at 10:30:20, see a:b:c and :what_is_this: 👍🏻"
    )


def test_the_names_are_those_of_the_package_that_the_browser_client_uses() -> None:
    script = ROOT / "web" / "emoji_names.py"
    written = runpy.run_path(str(script))
    if not written["DATA"].exists():
        pytest.skip("the browser client's packages are not installed")
    assert written["NAMES"].read_text("utf-8") == written["emoji_names"](), "python web/emoji_names.py"
