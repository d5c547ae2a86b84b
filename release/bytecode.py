"""Modules as a tree holds them: bytecode, many in one file."""

from __future__ import annotations

import marshal
import zipfile
from collections.abc import Mapping
from importlib.util import MAGIC_NUMBER
from pathlib import Path, PurePosixPath
from typing import Final

_NEVER_CHECKED: Final = MAGIC_NUMBER + (1).to_bytes(4, "little") + bytes(8)  # against a source, PEP 552
_TIME: Final = (1980, 1, 1, 0, 0, 0)  # of everything in an archive


def compiled(source: Path, shown: str) -> bytes:
    """Marshalled code, whose file tracebacks call `shown`."""
    code = compile(source.read_bytes(), shown, "exec", dont_inherit=True, optimize=0)
    return marshal.dumps(code)


def write_zip(files: Mapping[str, Path], into: Path) -> None:
    """An archive that Python imports from: modules as bytecode, everything else as it is. Read in place, and
    so not compressed."""
    with zipfile.ZipFile(into, "w", zipfile.ZIP_STORED) as archive:
        for name, source in sorted(files.items()):
            content = source.read_bytes()
            if source.suffix == ".py":
                name, content = f"{name}c", _NEVER_CHECKED + compiled(source, name)
            archive.writestr(zipfile.ZipInfo(name, _TIME), content)


def write_modules(files: Mapping[str, Path], into: Path, index: Path) -> None:
    """The modules of packages, for `packed_modules.py`."""
    places = {}
    begin = 0
    with into.open("wb") as packed:
        for name, source in sorted(files.items()):
            code = compiled(source, name)
            packed.write(code)
            path = PurePosixPath(name).with_suffix("")
            is_package = path.name == "__init__"
            places[".".join(path.parent.parts if is_package else path.parts)] = (begin, len(code), is_package)
            begin += len(code)
    index.write_bytes(marshal.dumps(places))


def write_module(source: Path, into: Path) -> None:
    """One that is found in its place, without its source."""
    into.write_bytes(_NEVER_CHECKED + compiled(source, into.stem + ".py"))
