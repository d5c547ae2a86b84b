"""rest.md: where each request stands under `/api/v1`, noun by noun."""

from __future__ import annotations

from typing import Final

from chatd.contract.requests import REQUESTS
from reference_pages.markdown import code, page, table

INTRODUCTION: Final = """\
Every command and query is also asked over HTTP, under `/api/v1`; [http.md](../http.md) says how. Fields in
braces stand in the address. The others stand in the query string under `GET` and `DELETE`, and in a JSON
object under the other methods. A request that was carried out is answered with the status given here."""


def rest() -> str:
    rows = (
        (
            code(f"{row.http.method} {row.http.path}"),
            f"[`{row.name}`](commands-and-queries.md#{row.name.replace('.', '')})",
            str(row.http.status),
            row.doc,
        )
        for row in REQUESTS.values()
    )
    return page("REST", INTRODUCTION, table(("method and path", "request", "status", ""), rows))
