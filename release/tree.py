"""The tree: a folder with all that chatd needs to run on a machine without Python.

    bin/      chatd, chatctl (the launcher), python3
    lib/      shared libraries, the library of Python, its packages
    libexec/  what the launcher has Python run
    share/    licences, and what systemd is told

It has few files, since most of the time of a first start goes into making them: the library of Python is one,
the modules of all packages are another (`packed_modules.py`).
"""

from __future__ import annotations

import re
import shutil
import zipfile
from importlib.metadata import Distribution
from pathlib import Path, PurePosixPath
from typing import Final

from release.bytecode import write_module, write_modules, write_zip
from release.interpreter import ZIP, copy_interpreter, copy_libraries, search_in_tree, stdlib_files, strip

SCRIPT: Final = """import signal
import sys

ends = signal.getsignal(signal.SIGINT) is signal.default_int_handler
if ends:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # without a traceback, as long as there is nobody to take it
from {module} import main

if ends:
    signal.signal(signal.SIGINT, signal.default_int_handler)
sys.argv[0] = {name!r}
main()
"""
SCRIPTS: Final = {"chatd": "chatd.cli", "chatctl": "chatctl.cli"}
UNITS: Final = Path(__file__).with_name("systemd")
SETTINGS: Final = Path(__file__).with_name("chatd.toml")
FINDER: Final = Path(__file__).with_name("packed_modules.py")
LEFT_OUT: Final = re.compile(
    r"(.*/)?(tests?|_tests|__pycache__)/.*|.*\.(pyi|pyx|pxd|c|h|a|typed|pth|proto)|\.\..*"
    r"|.*\.dist-info/(?!METADATA$|entry_points\.txt$).*|humanize/locale/.*"
)
IN_ZIP: Final = re.compile(
    r"tzdata/.*|.*\.dist-info/.*"
)  # hundreds of small files, which are found in a zip too
RUN_AS_FILES: Final = frozenset({"chatd/files/pictures/child.py"})


def make_tree(tree: Path, wheel: Path, packages: dict[str, Distribution], launcher: Path) -> list[Path]:
    """Makes the folder `tree`. Gives the files of the shared libraries in it, where they were found."""
    site = copy_interpreter(tree)
    unpacked = tree.parent / "wheel"
    files = _of_wheel(wheel, unpacked)
    for package in packages.values():
        files |= {file.as_posix(): Path(str(file.locate())) for file in package.files or ()}
    _lay_out({name: path for name, path in files.items() if not LEFT_OUT.fullmatch(name)}, tree, site)
    libraries = copy_libraries(tree)
    strip(tree)
    search_in_tree(tree)
    shutil.copy(launcher, tree / "bin" / "chatd")
    (tree / "bin" / "chatctl").symlink_to("chatd")
    shutil.copytree(UNITS, tree / "share" / "systemd")
    shutil.copyfile(SETTINGS, tree / "share" / "chatd.toml")
    (tree / "libexec").mkdir()
    for name, module in SCRIPTS.items():
        (tree / "libexec" / name).write_text(SCRIPT.format(name=name, module=module))
    return libraries


def _of_wheel(wheel: Path, into: Path) -> dict[str, Path]:
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(into)
        return {name: into / name for name in packed.namelist()}


def _lay_out(files: dict[str, Path], tree: Path, site: Path) -> None:
    zipped = {name: path for name, path in stdlib_files().items() if path.suffix == ".py"}
    zipped |= {name: path for name, path in files.items() if IN_ZIP.fullmatch(name)}
    write_zip(zipped, tree / "lib" / ZIP)
    left = {name: path for name, path in files.items() if name not in zipped}
    modules = {name: path for name, path in left.items() if path.suffix == ".py"}
    write_modules(modules, site / "modules", site / "modules.index")
    write_module(FINDER, site / "sitecustomize.pyc")
    for folder in {folder for name in modules for folder in PurePosixPath(name).parents}:
        if f"{folder}/__init__.py" not in modules:
            (site / folder).mkdir(parents=True, exist_ok=True)  # by which a namespace is known (PEP 420)
    for name, path in left.items():
        if name not in modules or name in RUN_AS_FILES:
            (site / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, site / name)
