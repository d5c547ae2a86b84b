"""Texts with their entities, polls, places and cards as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from chatctl.imports.markdown import Mark, code, fenced, is_address, link, literal, quoted, span
from chatctl.imports.records import mention, plain
from chatctl.imports.telegram.rows import Row, person_key

MAX_ENTITIES: Final = 10_000
MAX_ANSWERS: Final = 50
_MARKS: Final[dict[str, Mark]] = {"bold": "**", "italic": "*", "strikethrough": "~~", "spoiler": "||"}
_BLOCKS: Final = frozenset(["pre", "blockquote"])


def written(row: Row) -> str:
    told = (
        _entities(row),
        _poll(row.poll),
        _todo(row.todo_list),
        _place(row),
        _card(row),
        _game(row),
        _invoice(row),
        _buttons(row),
    )
    parts = [text for text in told if text]
    if row.forwarded_from:
        parts.insert(0, span("*", literal(f"Forwarded from {plain(row.forwarded_from)[:200]}")))
    return "\n\n".join(parts)


def _entities(row: Row) -> str:
    given: Any = row.text_entities or row.text
    if isinstance(given, str):
        return literal(plain(given))
    text = ""
    for entity in (given if isinstance(given, list) else ())[:MAX_ENTITIES]:
        kind, said = ("plain", entity) if isinstance(entity, str) else _typed(entity)
        piece = _entity(kind, plain(said), entity)
        if kind in _BLOCKS or text.endswith("\n```"):
            text = text.rstrip("\n") + "\n" if text else ""
            piece = piece.removeprefix("\n")
        text += f"{piece}\n" if kind in _BLOCKS else piece
    return text.strip("\n")


def _typed(entity: Any) -> tuple[str, str]:
    if not isinstance(entity, dict):
        return "plain", ""
    kind, text = entity.get("type"), entity.get("text")
    return kind if isinstance(kind, str) else "plain", text if isinstance(text, str) else ""


def _entity(kind: str, text: str, entity: Any) -> str:
    match kind:
        case "bold" | "italic" | "strikethrough" | "spoiler":
            return span(_MARKS[kind], literal(text))
        case "code":
            return code(text)
        case "pre":
            language = entity.get("language")
            return fenced(text, language if isinstance(language, str) else "")
        case "blockquote":
            return quoted(literal(text))
        case "link":
            return link("", text) if is_address(text) else literal(text)
        case "text_link":
            address = entity.get("href")
            return link(text, address) if isinstance(address, str) else literal(text)
        case "mention_name" if key := person_key(_id(entity.get("user_id"))):
            return mention(key)
        case _:
            return literal(text)


def _id(value: Any) -> str | int | None:
    return value if isinstance(value, str | int) and not isinstance(value, bool) else None


def _poll(poll: dict[str, Any] | None) -> str:
    if poll is None:
        return ""
    return "\n".join(_poll_lines(poll))


def _poll_lines(poll: dict[str, Any]) -> Iterator[str]:
    question = _said(poll.get("question"))
    if question:
        yield span("**", literal(question))
    answers = poll.get("answers")
    for number, answer in enumerate((answers if isinstance(answers, list) else ())[:MAX_ANSWERS], 1):
        if isinstance(answer, dict):
            voters = answer.get("voters")
            votes = f" ({voters})" if isinstance(voters, int) else ""
            yield f"{number}. {literal(_said(answer.get('text')))}{votes}"


def _todo(todo: dict[str, Any] | None) -> str:
    """What is done, and by whom, the file does not say."""
    if todo is None:
        return ""
    title, tasks = _said(todo.get("title")), todo.get("answers")
    lines = [span("**", literal(title))] if title else []
    for task in (tasks if isinstance(tasks, list) else ())[:MAX_ANSWERS]:
        if isinstance(task, dict):
            lines.append(f"- {literal(_said(task.get('text')))}")
    return "\n".join(lines)


def _place(row: Row) -> str:
    where = row.location_information or {}
    at = [where.get(name) for name in ("latitude", "longitude")]
    told = [literal(name) for name in (_said(row.place_name), _said(row.address)) if name]
    if all(isinstance(each, int | float) for each in at):
        told.append(f"{at[0]}, {at[1]}")
    return f"Location: {', '.join(told)}" if told else ""


def _card(row: Row) -> str:
    card = row.contact_information or {}
    said = [_said(card.get(name)) for name in ("first_name", "last_name", "phone_number")]
    words = " ".join(each for each in said if each)
    return f"Contact: {literal(words)}" if words else ""


def _game(row: Row) -> str:
    title, address = _said(row.game_title), _said(row.game_link)
    name = link(title, address) if is_address(address) else literal(title)
    return "\n".join(each for each in (span("**", name), literal(_said(row.game_description))) if each)


def _invoice(row: Row) -> str:
    told = row.invoice_information or {}
    title, about = (literal(_said(told.get(name))) for name in ("title", "description"))
    return "\n".join(each for each in (span("**", title), about) if each)


def _buttons(row: Row) -> str:
    """Those that lead somewhere; others are for whoever was there."""
    links = []
    for buttons in (row.inline_bot_buttons or [])[:MAX_ANSWERS]:
        for each in (buttons if isinstance(buttons, list) else ())[:MAX_ANSWERS]:
            if isinstance(each, dict) and is_address(address := _said(each.get("data"))):
                links.append(link(_said(each.get("text")), address))
    return "\n".join(links)


def _said(value: Any) -> str:
    """A string, or one in pieces, without its markup."""
    if isinstance(value, list):
        value = "".join(
            _typed(each)[1] if isinstance(each, dict) else str(each) for each in value[:MAX_ENTITIES]
        )
    return re.sub(r"\s+", " ", plain(value)).strip() if isinstance(value, str) else ""
