"""Manual pages, made of what the commands say of themselves.

A program has one page; one with groups of commands has another for each group, `chatctl-room(1)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import attrs
import click

from chatd.command_line.setting_table import in_toml
from chatd.settings import HELP, MASKED, Settings

AS_IT_STANDS: Final = "\b"  # in a paragraph that click does not fill
_PARAGRAPH: Final = re.compile(r"\n\s*\n")
_CODE: Final = re.compile(r"`([^`]+)`")


def pages(program: str, root: click.Group, version: str) -> dict[str, str]:
    """The text of each page by its file's name."""
    context = click.Context(root, info_name=program, **root.context_settings)
    groups = {name: command for name, command in _commands(root) if isinstance(command, click.Group)}
    found = {f"{program}.1": "\n".join(_page(program, root, context, version, set(groups))) + "\n"}
    for name, group in groups.items():
        inner = click.Context(group, info_name=name, parent=context)
        found[f"{program}-{name}.1"] = (
            "\n".join(_page(f"{program}-{name}", group, inner, version, set())) + "\n"
        )
    return found


def settings_page(version: str) -> str:
    """`chatd.toml(5)`."""
    lines = [
        f'.TH CHATD.TOML 5 "" "chatd {version}" "chatd"',
        ".SH NAME\nchatd.toml \\- settings of chatd",
        ".SH DESCRIPTION\nA file in TOML with one table, [chatd]. Times are seconds, sizes bytes.",
        _text("`chatd check --config FILE` prints every setting with its value and where that comes from."),
        ".SH SETTINGS",
    ]
    for field in attrs.fields(Settings):
        default = "" if field.metadata[MASKED] else f" Default: `{in_toml(field.default)}`"
        lines.append(f".TP\n.B {_text(field.name)}\n{_text(field.metadata[HELP] + default)}")
    return "\n".join(lines) + "\n"


def _page(
    title: str, group: click.Group, context: click.Context, version: str, elsewhere: set[str]
) -> Iterator[str]:
    yield f'.TH {_text(title.upper())} 1 "" "chatd {version}" "chatd"'
    yield ".SH NAME"
    yield f"{_text(title)} \\- {_text(_short(group))}"
    yield ".SH SYNOPSIS"
    yield f".B {_text(context.command_path)}"
    yield _text(" ".join(group.collect_usage_pieces(context)))
    yield ".SH DESCRIPTION"
    yield from _described(group)
    if options := list(_options(group, context)):
        yield ".SH OPTIONS"
        yield from options
    yield ".SH COMMANDS"
    for name, command in _commands(group):
        inner = click.Context(command, info_name=name, parent=context)
        if name in elsewhere:
            yield f".TP\n.B {_text(inner.command_path)}"
            yield f"{_text(_short(command))}. See {_text(f'{title}-{name}')}(1)."
            continue
        yield f".SS {_text(' '.join([inner.command_path, *command.collect_usage_pieces(inner)]))}"
        yield from _described(command)
        yield from _options(command, inner)


def _commands(group: click.Group) -> list[tuple[str, click.Command]]:
    return sorted((name, command) for name, command in group.commands.items() if not command.hidden)


def _short(command: click.Command) -> str:
    """The first sentence."""
    first = " ".join(_PARAGRAPH.split(command.help or "")[0].split())
    return first.partition(". ")[0].rstrip(".")


def _described(command: click.Command) -> Iterator[str]:
    for paragraph in _PARAGRAPH.split(command.help or ""):
        if AS_IT_STANDS in paragraph:
            lines = paragraph.replace(AS_IT_STANDS, "").strip("\n").splitlines()
            yield "\n".join([".PP", ".nf", *map(_text, lines), ".fi"])
        elif paragraph.strip():
            yield f".PP\n{_text(' '.join(paragraph.split()))}"


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None and record[1]:
            yield f".TP\n.B {_text(record[0])}\n{_text(' '.join(record[1].split()))}"


def _text(text: str) -> str:
    """As roff takes it: no word is a request, hyphens stay hyphens, code is bold."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    escaped = _CODE.sub(r"\\fB\1\\fR", escaped)
    return f"\\&{escaped}" if escaped[:1] in (".", "'") else escaped
