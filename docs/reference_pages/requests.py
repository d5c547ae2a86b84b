"""commands-and-queries.md: one section for each noun, with its requests and the types that they return."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import Any, Final, get_args

from chatd.contract.errors import Code
from chatd.contract.http import API
from chatd.contract.requests import REQUESTS, module_of
from chatd.contract.spec import GENERAL, Asker, Done, RequestType
from reference_pages.markdown import bullets, code, docstring, page, table
from reference_pages.types import described, fields, link, parts_of, request_fields

ASKERS: Final[dict[Asker, str]] = {
    "anyone": "anybody on a connection",
    "account": "an account with an open session, or an operator at the admin socket",
    "operator": "an operator: the admin socket, or an account with `admin`",
}
SCOPES: Final = {"always": "any bot may ask", "never": "no bot may ask"}
PLACES: Final = {
    "room": "the room's actor",
    "space": "the space's actor",
    "account": "the account's actor",
    "session": "the session",
    "handler": "a handler",
}
INTRODUCTION: Final = """\
A request is a command, which may change something, or a query, which changes nothing.
[protocol.md](../protocol.md#frames) shows the frames; [rights.md](rights.md) says what a member's role
allows, and what a bot's scopes cover. `chatd schema` prints the same as JSON Schema and as an AsyncAPI
document.

**Fields.** An optional field may be left out or be `null`, which means the same. Lengths of strings are
in characters (code points). Times (`at`, `…_at`) are in Unix milliseconds, durations (`…_in`, `for`,
`wait`) in seconds. The server refuses an unknown field as `invalid`.

**Results.** A client ignores fields that it does not know. A field that *may be missing* is left out
where it does not apply. `{}` is an empty object: there is nothing to tell.

**Pages.** A result with `next` is a page: pass its `next` in the field named here to get the following
page; `null` says that there is no more."""
PIPELINED: Final = """\
**Pipelined** requests take effect in the order in which the client sent them, without waiting for the
replies to those before them."""


def commands_and_queries() -> str:
    nouns = list(dict.fromkeys(row.noun for row in REQUESTS.values()))
    return page(
        "Commands and queries",
        INTRODUCTION,
        table(("field", "requests"), ((code(field), code(*names)) for field, names in _paged().items())),
        PIPELINED,
        "**Refusals.** A request may be refused with the codes that it names, and with these:",
        _general(),
        table(("noun", "requests"), ((f"[{noun}](#{noun})", _linked(noun)) for noun in nouns)),
        *(_section(noun) for noun in nouns),
    )


def _general() -> str:
    rows = ((ASKERS[asker], code(*in_order(codes))) for asker, codes in GENERAL.items())
    return table(("asked by", "codes"), rows)


def in_order(codes: Iterable[Code]) -> list[Code]:
    return sorted(codes, key=get_args(Code).index)


def _paged() -> dict[str, list[str]]:
    """The requests that return pages, by the field that takes `next`."""
    found: dict[str, list[str]] = {}
    for row in REQUESTS.values():
        if any(field.name == "next" for field in fields(row.result)):
            field = next(name for name in ("cursor", "after", "before") if name in row.fields)
            found.setdefault(field, []).append(row.name)
    return found


def _linked(noun: str) -> str:
    return ", ".join(f"[`{row.name}`](#{row.name.replace('.', '')})" for row in _of(noun))


def _of(noun: str) -> list[RequestType]:
    return [row for row in REQUESTS.values() if row.noun == noun]


def _home(class_: type) -> str:
    """The noun in whose section a type stands: its module's, or the first that the module has requests of."""
    module = importlib.import_module(class_.__module__)
    nouns = [row.noun for row in getattr(module, "REQUESTS", ())]
    own = module.__name__.rpartition(".")[2].rstrip("_")
    return own if own in nouns or not nouns else nouns[0]


def _section(noun: str) -> str:
    module = importlib.import_module(module_of(noun))
    parts = [f"## {noun}", docstring(module), *(_request(row) for row in _of(noun))]
    parts += [described(class_) for class_ in _types() if _home(class_) == noun]
    return "\n\n".join(parts)


def _types() -> list[type[Any]]:
    """All classes of results, and those that they or requests hold, each once; holders come first."""
    found: dict[type[Any], None] = {}
    waiting = [row.result for row in REQUESTS.values() if row.result is not Done]
    waiting += [part for row in REQUESTS.values() for part in parts_of(row.request)]
    while waiting:
        class_ = waiting.pop(0)
        if class_ not in found:
            found[class_] = None
            waiting += parts_of(class_)
    return list(found)


def _request(row: RequestType) -> str:
    about = {
        "over HTTP": code(f"{row.http.method} {API}{row.http.path}"),
        "asked by": ASKERS[row.asker],
        "bots": SCOPES.get(row.scope) or f"with the scope `{row.scope}`",
        "decided by": PLACES[row.decided_by] if row.kind == "command" else "",
        "rate class": code(row.rate),
        "refused with": code(*in_order(row.refusals)) if row.refusals else "",
        "may log": code(*row.events) if row.events else "",
        "result": "`{}`" if row.result is Done else link(row.result),
    }
    kind = f"{row.kind}, pipelined" if row.pipelined else row.kind
    parts = (
        f"### `{row.name}`",
        f"*{kind.capitalize()}.* {row.doc}",
        bullets(row.notes),
        request_fields(row.request) if fields(row.request) else "It takes no fields.",
        bullets(f"{what[:1].upper()}{what[1:]}: {said}" for what, said in about.items() if said),
    )
    return "\n\n".join(part.strip("\n") for part in parts if part)
