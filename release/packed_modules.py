"""Where the modules of a tree are loaded from: one file, not thousands, each of which takes time to be made.

A tree has this file as its `sitecustomize`, which Python loads at each start. Beside it lies `modules`, the
bytecode of every package's modules, and `modules.index`, which says where in it each one is. All else (pages,
shared libraries) lies in the packages' folders as always, and a module's `__file__` names the place that it
would have there.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, SourcelessFileLoader
from importlib.util import spec_from_file_location
from types import CodeType, ModuleType
from typing import Final

HERE: Final = __file__.rpartition("/")[0]
Index = dict[
    str, tuple[int, int, bool]
]  # by name: begin and size of a module's code, and whether it is a package


class Packed(SourcelessFileLoader):
    """Finds resources beside the module, as its parent does."""

    def get_code(self, fullname: str) -> CodeType:
        begin, size, _ = INDEX[fullname]
        return marshal.loads(os.pread(MODULES, size, begin))  # type: ignore[no-any-return]  # noqa: S302


class Finder:
    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name not in INDEX:
            return None
        folder = f"{HERE}/{name.replace('.', '/')}"
        if not INDEX[name][2]:
            return spec_from_file_location(name, f"{folder}.py", loader=Packed(name, f"{folder}.py"))
        file = f"{folder}/__init__.py"
        return spec_from_file_location(
            name, file, loader=Packed(name, file), submodule_search_locations=[folder]
        )


if __name__ == "sitecustomize":
    with open(f"{HERE}/modules.index", "rb") as index:
        INDEX: Index = marshal.load(index)  # noqa: S302
    MODULES = os.open(f"{HERE}/modules", os.O_RDONLY | os.O_CLOEXEC)
    sys.meta_path.insert(0, Finder)
