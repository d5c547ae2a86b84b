"""The interpreter of a tree: Python, its library as bytecode, and the shared libraries that it links to.

Those of glibc are left to the machine that it runs on, which therefore needs the glibc of the machine that
built it or a later one.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Final

from release.bytecode import write_module

ZIP: Final = f"python{sys.version_info.major}{sys.version_info.minor}.zip"  # where Python looks first
VERSION: Final = f"python{sys.version_info.major}.{sys.version_info.minor}"
# For people who write programs, for windows on a screen, and what would bring a library under the GPL.
LEFT_OUT: Final = re.compile(
    r"(test|tests|idlelib|tkinter|turtledemo|lib2to3|ensurepip|distutils|venv|pydoc_data|site-packages|dist-packages"
    r"|config-.*|__pycache__|__phello__|LICENSE\.txt|turtle\.py|sitecustomize\.py"
    r"|(_test\w*|_ctypes_test|_xxtestfuzz|_tkinter|_curses\w*|_crypt|_dbm|_gdbm|nis|readline|xxlimited\w*)\.(cpython-.*\.)?so)"
)
OF_GLIBC: Final = re.compile(
    r"(ld-linux.*|linux-vdso|lib(c|m|dl|rt|pthread|util|resolv|nsl|nss_\w+|anl|BrokenLocale))\.so.*"
)
_LINKED: Final = re.compile(r"^\s*(\S+) => (/\S+)", re.MULTILINE)
_MISSING: Final = re.compile(r"^\s*(\S+) => not found", re.MULTILINE)
_NEEDS_GLIBC: Final = re.compile(rb"GLIBC_(\d+)\.(\d+)")


def copy_interpreter(tree: Path) -> Path:
    """Python and the modules of its library that are shared libraries; gives the folder for packages."""
    library = tree / "lib" / VERSION
    (tree / "bin").mkdir(parents=True)
    (library / "lib-dynload").mkdir(parents=True)
    shutil.copy(os.path.realpath(sys.executable), tree / "bin" / "python3")
    for name, source in stdlib_files().items():
        if source.suffix == ".so":
            shutil.copyfile(source, library / name)
    write_module(_stdlib() / "os.py", library / "os.pyc")  # by which Python knows the folder for its own
    packages = library / ("dist-packages" if _is_debians() else "site-packages")
    packages.mkdir()
    return packages


def stdlib_files() -> dict[str, Path]:
    """What goes along of Python's own library, by its place in that."""
    found: list[Path] = []
    for folder, inner, files in os.walk(_stdlib()):
        inner[:] = [name for name in inner if not LEFT_OUT.fullmatch(name)]
        found += [Path(folder, name) for name in files if not LEFT_OUT.fullmatch(name)]
    return {path.relative_to(_stdlib()).as_posix(): path for path in found if path.suffix in (".py", ".so")}


def copy_libraries(tree: Path) -> list[Path]:
    """Those that the programs and modules of the tree link to, and that are neither in it nor of glibc. Gives
    where they come from."""
    found: dict[str, Path] = {}
    done = subprocess.run(["ldd", *map(str, binaries(tree))], capture_output=True, text=True, check=False)
    for name, path in _LINKED.findall(done.stdout):
        if not OF_GLIBC.fullmatch(name) and not Path(path).is_relative_to(tree):
            found[name] = Path(path)
    for name, path in found.items():
        shutil.copyfile(path, tree / "lib" / name)
    return sorted(found.values())


def search_in_tree(tree: Path) -> None:
    """Lets the binaries find each other there. After `strip`, which damages what patchelf has changed.

    A RPATH of the program, not a RUNPATH, holds for what its libraries link to, too, unless they have one of
    their own, such as the place where Python was built.
    """
    python = tree / "bin" / "python3"
    subprocess.run(["patchelf", "--force-rpath", "--set-rpath", "$ORIGIN/../lib", str(python)], check=True)
    subprocess.run(["patchelf", "--remove-rpath", *map(str, _own_libraries(tree))], check=True)


def strip(tree: Path) -> None:
    """Takes from the interpreter what only a debugger reads. The libraries of wheels come without it, and are
    laid out in ways that strip breaks."""
    own = (tree / "bin" / "python3", *_own_libraries(tree))
    subprocess.run(["strip", "--strip-unneeded", *map(str, own)], check=True)


def needed_glibc(tree: Path) -> str:
    """The oldest glibc that has all that the binaries of the tree ask of it, such as `2.36`."""
    found = [_NEEDS_GLIBC.findall(path.read_bytes()) for path in binaries(tree)]
    return "{}.{}".format(*max((int(major), int(minor)) for asked in found for major, minor in asked))


def binaries(tree: Path) -> list[Path]:
    """The programs and shared libraries of a tree."""
    return [tree / "bin" / "python3", *sorted(tree.rglob("*.so")), *sorted(tree.rglob("*.so.*"))]


def _stdlib() -> Path:
    return Path(sysconfig.get_path("stdlib"))


def _is_debians() -> bool:
    return _stdlib() == Path("/usr/lib") / VERSION


def _own_libraries(tree: Path) -> list[Path]:
    return sorted((*tree.glob("lib/*.so*"), *tree.glob("lib/*/lib-dynload/*.so")))
