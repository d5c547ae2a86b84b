"""Emoji by the names that other chats write for them: `:tada:`, `clap::skin-tone-3`."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

NAMES: Final = Path(__file__).with_name("emoji_names.txt")
# How Slack and Mattermost write the tones, from light to dark; they are U+1F3FB to U+1F3FF.
_TONED: Final = re.compile(
    r"(.+?)(?:::skin-tone-([2-6])(?:-[2-6])?|_(light|medium_light|medium|medium_dark|dark)_skin_tone)"
)
_NUMBERED: Final = re.compile(r"(.+)_tone([1-5])")  # how Rocket.Chat does
_TONES: Final = ("light", "medium_light", "medium", "medium_dark", "dark")
_FIRST_TONE: Final = 0x1F3FB
_AS_EMOJI: Final = "\ufe0f"
_NAMED: Final = re.compile(r"(?<![\w:]):([a-z0-9_+'-]{1,64}(?:::skin-tone-[2-6])?):(?!\w)")
_CUSTOM: Final = re.compile(r"[a-z0-9_+-]{2,32}")  # what chatd allows as the name of a custom emoji
_NOT_ALLOWED: Final = re.compile(r"[^a-z0-9_+-]+")
# Names that chats had once.
_FORMER: Final = {"simple_smile": "slightly_smiling_face"}


@cache
def _names() -> tuple[dict[str, str], dict[str, str]]:
    usual: dict[str, str] = {}
    other: dict[str, str] = {}
    for line in NAMES.read_text("utf-8").splitlines()[1:]:
        emoji, *names = line.split(" ")
        table = usual
        for name in names:
            if name == ";":
                table = other
            else:
                table[name] = emoji
    return usual, other


@lru_cache(4096)  # names come from files, so they are not kept without end
def emoji_named(name: str, *, more: bool = False) -> str | None:
    """The emoji with this name (without colons), in the skin tone that the name says. `more`: also by names
    that only Rocket.Chat and a few others have; elsewhere they are those of custom emoji."""
    usual, other = _names()
    name = _FORMER.get(name, name)
    found = usual.get(name) or (other.get(name) if more else None)
    if found is not None:
        return found
    if more and (numbered := _NUMBERED.fullmatch(name)) is not None:
        base = emoji_named(numbered[1], more=True)
        return None if base is None else _with_tone(base, int(numbered[2]) - 1)
    toned = _TONED.fullmatch(name)
    base = None if toned is None else emoji_named(toned[1], more=more)
    if toned is None or base is None:
        return None
    return _with_tone(base, int(toned[2]) - 2 if toned[2] else _TONES.index(toned[3]))


@cache
def _usual_names() -> dict[str, str]:
    found: dict[str, str] = {}
    for name, emoji in _names()[0].items():
        found.setdefault(emoji.replace(_AS_EMOJI, ""), name)
    return found


@lru_cache(4096)
def name_of(reaction: str) -> str:
    """The reverse, as Slack writes it: without colons, with the skin tone behind it. An emoji that has no
    name is called by its code points."""
    custom = _NAMED.fullmatch(reaction)
    if custom is not None:
        return custom[1]
    plain = reaction.replace(_AS_EMOJI, "")
    tones = [one for one in plain if 0 <= ord(one) - _FIRST_TONE < len(_TONES)]
    base = "".join(one for one in plain if one not in tones)
    found = _usual_names().get(plain)
    if found is None and tones and (found := _usual_names().get(base)) is not None:
        found += f"::skin-tone-{ord(tones[0]) - _FIRST_TONE + 2}"
    return found or "-".join(f"u{ord(one):x}" for one in plain)


def reaction_named(name: str, *, more: bool = False) -> str:
    """What a reaction with this name is: the character, else the name as chatd writes one of a custom
    emoji."""
    found = emoji_named(name, more=more)
    if found is not None:
        return found
    plain = name.partition("::")[0]
    if not _CUSTOM.fullmatch(plain):
        plain = _NOT_ALLOWED.sub("_", plain.lower())[:32].ljust(2, "_")
    return f":{plain}:"


def with_emoji(text: str, *, more: bool = False) -> str:
    """The text with characters in place of the names that are known."""
    if ":" not in text:
        return text
    return _NAMED.sub(lambda found: emoji_named(found[1], more=more) or found[0], text)


def _with_tone(emoji: str, tone: int) -> str:
    """The tone stands behind the person, in place of what makes a sign an emoji (UTS #51, 2.4). Where two
    people are shown a form with one tone is not sure to exist: those stay as they are."""
    import regex

    people = regex.findall(r"\p{Emoji_Modifier_Base}\uFE0F?", emoji)
    if len(people) != 1:
        return emoji
    return emoji.replace(people[0], people[0][0] + chr(_FIRST_TONE + tone), 1)
