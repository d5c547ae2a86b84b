"""Slack's own markup (mrkdwn) as chatd's Markdown: `*bold*`, `<https://…|label>`, `<@U1>`, `&lt;`.

https://docs.slack.dev/messaging/formatting-message-text says what it is; exports hold more (`<@U1|name>`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from chatctl.imports.addresses import without_secrets
from chatctl.imports.emoji import with_emoji
from chatctl.imports.markdown import code, fenced, is_address, link, literal, span
from chatctl.imports.records import mention, plain, with_names

# A text with none of these stands in chatd as it stands in Slack.
SPECIAL: Final = re.compile(r"[*_~`<&>\[\\|#]|:[a-z0-9_+'-]+:")
_SIGNS: Final = "*_~`<&>[\\|#:"  # looking for each alone is faster than the pattern

_CODE: Final = re.compile(r"```(.+?)```|`([^`\n]+)`", re.DOTALL)
_TOKEN: Final = re.compile(r"<([^<>\n]{1,4000})>")
_HELD: Final = re.compile("\x00([0-9]+)\x00")
_ENTITY: Final = re.compile("&(amp|lt|gt);")
_ENTITIES: Final = {"amp": "&", "lt": "<", "gt": ">"}
_SPANS: Final = tuple(
    (
        re.compile(
            rf"(?<![\w{sign}]){sign}(?=[^\s{sign}])((?:{inside}){{1,4000}})(?<!\s){sign}(?![\w{sign}])"
        ),
        mark,
    )
    for sign, inside, mark in (
        (r"\*", r"[^*\n]", "**"),
        ("_", r"[^_\n]|(?<=[^\W_])_(?=[^\W_])", "*"),  # in a word it ends nothing
        ("~", r"[^~\n]", "~~"),
    )
)
_QUOTE_LINE: Final = re.compile(r"^&gt; ?", re.MULTILINE)
_QUOTE_REST: Final = re.compile(r"^&gt;&gt;&gt;\s*(.*)", re.MULTILINE | re.DOTALL)
_QUOTE: Final = "\x01"  # stands for `> ` until the text is done


_OPENER: Final = re.compile(r"[?&](?:t|token|pub_secret)=xox[a-z]-[\w-]*")


def unescaped(text: str) -> str:
    return _ENTITY.sub(lambda found: _ENTITIES[found[1]], text) if "&" in text else text


def markdown(text: str, rooms: Mapping[str, str]) -> str:
    """`rooms`: the names of rooms by their ids."""
    text = plain(text)
    if not any(map(text.__contains__, _SIGNS)) or SPECIAL.search(text) is None:
        return text
    held: list[str] = []

    def hold(done: str) -> str:
        held.append(done)
        return f"\x00{len(held) - 1}\x00"

    def hold_code(found: re.Match[str]) -> str:
        if found[1] is None:
            return hold(code(unescaped(without_tokens(found[2], rooms))))
        block = fenced(unescaped(without_tokens(found[1], rooms)).strip("\n"))
        before = "" if found.start() == 0 or text[found.start() - 1] == "\n" else "\n"
        after = "" if found.end() == len(text) or text[found.end()] == "\n" else "\n"
        return hold(f"{before}{block}{after}")

    rest = _CODE.sub(hold_code, text)
    rest = _TOKEN.sub(lambda found: hold(_token(found[1], rooms)), rest)
    rest = _QUOTE_REST.sub(lambda found: _QUOTE + found[1].replace("\n", f"\n{_QUOTE}"), rest)
    rest = _QUOTE_LINE.sub(_QUOTE, rest)
    done = _spans(rest, 0)
    return _HELD.sub(lambda found: held[int(found[1])], done).replace(_QUOTE, "> ")


def _spans(text: str, at: int) -> str:
    """Bold, italic and struck, in each other in this order; what is in none of them is literal."""
    if at == len(_SPANS):
        return _literal(text)
    pattern, mark = _SPANS[at]
    parts, begins = [], 0
    for found in pattern.finditer(text):
        parts.append(_spans(text[begins : found.start()], at + 1))
        parts.append(span(mark, _spans(found[1], at + 1)))  # type: ignore[arg-type]
        begins = found.end()
    parts.append(_spans(text[begins:], at + 1))
    return "".join(parts)


def _literal(text: str) -> str:
    """What is held is left as it is."""
    parts = re.split("(\x00[0-9]+\x00|\x01)", text)
    return "".join(
        part if number % 2 else literal(with_emoji(unescaped(part))) for number, part in enumerate(parts)
    )


def _token(token: str, rooms: Mapping[str, str]) -> str:
    target, bar, label = token.partition("|")
    label = unescaped(label)
    sign, name = target[:1], target[1:]
    if sign == "@" and name:
        return mention(name)
    if sign == "#" and name:
        return f"#{rooms.get(name) or label or name}"
    if sign == "!":
        return _command(name, label)
    address = address_of(unescaped(target))
    if not bar:
        return link("", address) if is_address(address) else literal(address)
    if address.lower() == f"mailto:{label.lower()}":
        return literal(label)
    if is_address(address):
        return link(with_emoji(label), address)
    return literal(label or address)


def tokenless(text: str) -> str:
    """Without what opens files: apps repeat addresses of files in places that nobody marks as addresses."""
    return _OPENER.sub("", text) if "xox" in text else text


def topic_of(text: str) -> str:
    """A topic as people read it: without markup, which chatd's topics do not have."""
    return with_names(unescaped(without_tokens(plain(text), {})), {})


def address_of(address: str) -> str:
    """Without the token that exports write into addresses of files."""
    return without_secrets(address) or "" if "xoxe-" in address else address


def _command(name: str, label: str) -> str:
    """`<!here>` and others that mean many people, `<!subteam^S1|@team>`, `<!date^…|fallback>`."""
    kind, _, about = name.partition("^")
    if kind in ("here", "channel", "everyone", "group"):
        return f"@{kind}"
    if kind == "subteam" and not label:
        return literal(f"@{about}")
    return literal(label or kind)


def without_tokens(text: str, rooms: Mapping[str, str]) -> str:
    """What a person sees of the tokens in code, where Slack makes them of addresses. The result is plain text
    but for mentions."""

    def seen(found: re.Match[str]) -> str:
        target, _, label = found[1].partition("|")
        if target.startswith("@"):
            return mention(target[1:])
        if target.startswith("#"):
            return f"#{rooms.get(target[1:]) or label or target[1:]}"
        return label or target.lstrip("!")

    return _TOKEN.sub(seen, text)
