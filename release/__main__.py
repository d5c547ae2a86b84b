"""`python -m release FOLDER`: makes all that is handed out, on Linux, for machines like this one."""

from __future__ import annotations

import argparse
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from chatd import __version__
from release.bill import bill, licences
from release.checksums import digest, write_checksums
from release.contents import ROOT, parts
from release.debian import make_package
from release.distributions import needed
from release.executable import compile_launcher, pack
from release.interpreter import needed_glibc
from release.tree import make_tree

SMALL: Final = 12  # of zstd's levels: 19 saves a tenth more, and takes minutes
QUICK: Final = 1
TOOLS: Final = {
    "cc": "gcc libc6-dev libzstd-dev",
    "patchelf": "patchelf",
    "strip": "binutils",
    "zstd": "zstd",
}


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m release", description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--quick", action="store_true", help="larger, and sooner: for tests")
    given = asked.parse_args()
    if missing := [packages for tool, packages in TOOLS.items() if shutil.which(tool) is None]:
        sys.exit(f"not installed: apt install {' '.join(missing)}")
    given.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="chatd-release-") as work:
        make(given.folder, Path(work), given.quick)


def make(folder: Path, work: Path, quick: bool) -> None:
    """Everything, into `folder`; what was there under the same names is written over."""
    wheel = _packages(folder)
    launcher, tree = work / "launcher", work / "tree"
    compile_launcher(launcher)
    packages = needed()
    libraries = make_tree(tree, wheel, packages, launcher)
    inside = parts(packages, libraries)
    notices = licences(__version__, (ROOT / "LICENSE").read_text(encoding="utf-8"), inside)
    for place in (tree / "share", folder):
        (place / "THIRD-PARTY-LICENSES").write_text(notices, encoding="utf-8")
    executable = folder / f"chatd-{__version__}-linux-{platform.machine()}"
    pack(tree, launcher, executable, QUICK if quick else SMALL)
    (folder / f"{executable.name}.cdx.json").write_text(
        bill(__version__, digest(executable), inside), encoding="utf-8"
    )
    make_package(tree, folder, work / "debian", __version__, needed_glibc(tree), quick)
    write_checksums(folder)
    size = executable.stat().st_size / 1_000_000
    sys.stdout.write(f"{executable}: {size:.1f} MB, for glibc {needed_glibc(tree)} and later\n")


def _packages(folder: Path) -> Path:
    """Wheel and source package; gives the wheel. Made by hatchling as pip would ask it to."""
    for kind in ("sdist", "wheel"):
        script = f"import sys, hatchling.build; hatchling.build.build_{kind}(sys.argv[1])"
        command = [sys.executable, "-c", script, str(folder.resolve())]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return folder / f"chatd-{__version__}-py3-none-any.whl"


if __name__ == "__main__":
    main()
