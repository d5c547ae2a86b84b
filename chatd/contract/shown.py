"""What people are shown: what a name, a text, a message and a link may be. All such fields ask here.

Names stand in lists, beside messages, in notifications and on terminals: nothing in one may hide, break the
line, or turn the text around it (Unicode TR 36, 2.10). The characters are listed here by code point, from
Unicode 15.1 (White_Space, Bidi_Control, Default_Ignorable_Code_Point), so every Python gives the same answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints

import attrs

_CONTROLS: Final = "\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"
_LINES: Final = "\t\n\r"  # the controls that a text of several lines has
_SPACES: Final = " \xa0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000"  # the Braille blank is one of them
_TURNING: Final = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_HIDDEN: Final = (
    "\xad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff0-\ufffc"
    "\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U00016fe4\U000e0000-\U000e001f\U000e0080-\U000e00ff\U000e01f0-\U000e0fff"
)
# No characters at all (noncharacters), and those that mean what a font says (private use).
_NONE: Final = "\ufdd0-\ufdef\ue000-\uf8ff\U000f0000-\U0010ffff" + "".join(
    f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17)
)
MARKS: Final = 4  # accents on one letter of a name; more than any language writes
# Hidden, too, but emoji and many scripts are written with them; after Latin letters they would only hide.
_JOINERS: Final = "\u200c\u200d"
_SELECTORS: Final = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0020-\U000e007f\U000e0100-\U000e01ef"
_JOINED: Final = "\u0530-\u1fff\u2100-\U0010ffff"  # no Latin, Greek or Cyrillic, and no punctuation
_SELECTED: Final = f"#*0-9\xa9\xae\u2030-\u205e{_JOINED}"

# Clients show other controls as signs.
_VISIBLE: Final = re.compile(
    f"[^\t-\r\x85\u2028\u2029{_SPACES}{_TURNING}{_HIDDEN}{_NONE}{_JOINERS}{_SELECTORS}]"
)
_UNSEEN: Final = re.compile(f"[{_TURNING}{_HIDDEN}{_NONE}{_JOINERS}{_SELECTORS}]")
_BLANKS: Final = re.compile(f"[{_CONTROLS}{_SPACES}]+")
_UNFIT_IN_A_NAME: Final = re.compile(
    f"[{_CONTROLS}{_TURNING}{_HIDDEN}{_NONE}]"
    f"|(?<![{_JOINED}])[{_JOINERS}]|[{_JOINERS}](?![{_JOINED}])|(?<![{_SELECTED}])[{_SELECTORS}]"
)
_STACKED: Final = re.compile(
    f"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{{{MARKS + 1},}}"
)
_UNFIT_IN_A_TEXT: Final = re.compile(f"(?![{_LINES}])[{_CONTROLS}]")
_TURNS: Final = re.compile("[\u202a-\u202e\u2066-\u2069\n\r\u2028\u2029]")
_LINK: Final = re.compile(
    r"""https?://(?:[^\s/?\#@\\:<>"'`\[\]{}|^]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?(?:[/?\#][^\s\\<>"`]*)?""",
    re.IGNORECASE | re.VERBOSE,
)

FILE_ID: Final = re.compile("[0-7][0-9A-HJKMNP-TV-Z]{25}")  # a ULID, and no web address


@attrs.frozen(eq=False)
class Rule:
    """What a field takes: `says` for the reference, and `wrong`, which says why it does not take a value."""

    says: str
    wrong: Callable[[str], str | None]


def _wrong_name(text: str) -> str | None:
    if unfit := _UNFIT_IN_A_NAME.search(text):
        code = f"U+{ord(unfit[0]):04X}"
        return f"write it on one line, without the character {code}"
    if _STACKED.search(text):
        return f"at most {MARKS} accents on one letter"
    return _wrong_message(text)


def _wrong_message(text: str) -> str | None:
    if _VISIBLE.search(text) is None:
        return "there is nothing to see in it; write something"
    return None


def _wrong_text(text: str) -> str | None:
    if unfit := _UNFIT_IN_A_TEXT.search(text):
        return f"no control characters but line breaks and tabs; leave out U+{ord(unfit[0]):04X}"
    if not _turns_back(text):
        return "what turns the direction of a line must end in the same line; close it, or leave it out"
    return _wrong_message(text)


def _wrong_picture(text: str) -> str | None:
    if FILE_ID.fullmatch(text):
        return None
    if _LINK.fullmatch(text) is None or _UNFIT_IN_A_NAME.search(text):
        return (
            "the id of a file, or a web address, beginning with https:// or http://, like"
            " https://example.org/picture.png"
        )
    return None


def _or_empty(wrong: Callable[[str], str | None]) -> Callable[[str], str | None]:
    return lambda text: wrong(text) if text else None


def _turns_back(text: str) -> bool:
    """Whether each embedding, override and isolate (UAX 9) ends in the line in which it begins."""
    open_: list[bool] = []  # whether it is an isolate
    for sign in (found[0] for found in _TURNS.finditer(text)):
        if sign in "\u202a\u202b\u202d\u202e":
            open_.append(False)
        elif sign in "\u2066\u2067\u2068":
            open_.append(True)
        elif sign == "\u202c":
            if open_ and not open_[-1]:
                open_.pop()
        elif sign == "\u2069":
            while open_ and not open_.pop():
                pass
        elif open_:
            return False
    return not open_


NAME: Final = Rule("one line with something to see in it", _wrong_name)
LINE: Final = Rule("one line, or empty", _or_empty(_wrong_name))
TEXT: Final = Rule("some text, or empty", _or_empty(_wrong_text))
REASON: Final = Rule("some text", _wrong_text)
MESSAGE: Final = Rule("with something to see in it", _wrong_message)
PICTURE: Final = Rule("the id of a file, or a web address", _wrong_picture)
PICTURE_OR_EMPTY: Final = Rule("the id of a file, or a web address, or empty", _or_empty(_wrong_picture))
MESSAGE_OR_EMPTY: Final = Rule("with something to see in it, or empty", _or_empty(_wrong_message))


# --- rules of fields ----------------------------------------------------------------------------------


def rules_of(class_: type[Any]) -> tuple[tuple[str, Rule], ...]:
    """The fields of a request that people are shown, each with its rule."""
    hints = get_type_hints(class_, include_extras=True)
    found = ((name, _rule(hint)) for name, hint in hints.items())
    return tuple((name, rule) for name, rule in found if rule is not None)


def nested_rules_of(class_: type[Any]) -> tuple[tuple[str, type[Any]], ...]:
    """The fields of a request that are lists of structures with such fields, at some depth."""
    hints = get_type_hints(class_, include_extras=True)
    found = ((name, _listed(hint)) for name, hint in hints.items())
    return tuple(
        (name, inner)
        for name, inner in found
        if inner is not None and (rules_of(inner) or nested_rules_of(inner))
    )


def first_wrong(value: object) -> str | None:
    """Where a field of a structure is not as its rule says, and why."""
    class_: Any = type(value)
    for name, rule in _rules(class_):
        said = getattr(value, name)
        if said is not None and (wrong := rule.wrong(said)):
            return f"{name}: {wrong}"
    for name, _ in _nested_rules(class_):
        for number, one in enumerate(getattr(value, name)):
            if (found := first_wrong(one)) is not None:
                return f"{name}[{number}].{found}"
    return None


_rules: Final = cache(rules_of)
_nested_rules: Final = cache(nested_rules_of)


def _listed(hint: Any) -> type[Any] | None:
    """The structure of which the field is a list."""
    if get_origin(hint) is Annotated:
        return _listed(get_args(hint)[0])
    [inner] = get_args(hint) if get_origin(hint) is list else [None]
    # asked so, for who needs names alone need not load msgspec
    return inner if hasattr(inner, "__struct_fields__") else None


def _rule(hint: Any) -> Rule | None:
    if get_origin(hint) is Annotated:
        return next((part for part in get_args(hint)[1:] if isinstance(part, Rule)), None)
    return next((rule for part in get_args(hint) if (rule := _rule(part)) is not None), None)


# --- foreign names ------------------------------------------------------------------------------------


def plain(name: str) -> str:
    """The name without what nobody sees, and with single spaces: what of it can be compared."""
    return _BLANKS.sub(" ", _UNSEEN.sub("", name)).strip(" ")


def fit_name(text: str, most: int) -> str:
    """What of a name from elsewhere may be one here, of at most this many characters; perhaps nothing."""
    name = plain(text)[:most].strip(" ")
    return "" if _wrong_name(name) else name
