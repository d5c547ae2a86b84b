"""The blocks of a page, and who runs each.

A shell block is typed into the page's one shell, in order, as it stands. A comment before a block says when
something else is to be done with it: `<!-- run: RUNNER -->`, or `<!-- run: file NAME -->` for what the reader
saves as a file. Blocks of other languages without such a comment are only shown; other tests may run them.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import attrs

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
SHELLS: Final = frozenset({"sh", "bash", "shell", "console", "zsh", "fish"})
RUNNERS: Final = {
    "": "typed into the page's shell",
    "first terminal": "typed into another terminal: the server, which goes on",
    "goes on": "typed into the page's shell, and left running once it has opened a session",
    "make": "each target is looked up in the Makefile: they are the gate itself",
    "bench": "each line is read by the program, the quick one is carried out",
    "completion": "typed into the shell that the block's language names",
    "machine": "typed by root on a machine of its own, with systemd",
    "other machine": "typed by root on another one, which has no package of chatd",
}
_BLOCK: Final = re.compile(
    r"(?:^<!-- run: (?P<run>[^\n]*?) -->\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@attrs.frozen
class Block:
    """`file`: where the reader saves it. `runner`: see RUNNERS."""

    page: Path
    line: int
    language: str
    text: str
    runner: str
    file: str | None = None

    @property
    def place(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    @property
    def typed(self) -> bool:
        return self.language in SHELLS


def blocks(page: Path) -> list[Block]:
    """In the order of the page."""
    text = page.read_text()
    found = []
    for match in _BLOCK.finditer(text):
        run = match["run"] or ""
        file = run.removeprefix("file ") if run.startswith("file ") else None
        line = text.count("\n", 0, match.start("language")) + 1
        found.append(Block(page, line, match["language"], match["text"], "" if file else run, file))
    return found


def typed_pages() -> list[Path]:
    """Pages with shell blocks, but for those that are for a machine: nothing of them is typed on this one."""
    typed = {page: {one.runner for one in blocks(page) if one.typed} for page in PAGES}
    return [page for page, runners in typed.items() if runners and "machine" not in runners]
