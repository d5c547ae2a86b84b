"""The Debian package: a tree below /usr/lib/chatd, and what a system expects around it.

Made with dpkg-deb alone: there is nothing to configure and nothing to compile that debhelper would help with.
"""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import time
from email.utils import formatdate
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from click.shell_completion import get_completion_class

from release.checksums import md5
from release.contents import ROOT
from release.manual import pages, settings_page
from release.tree import SETTINGS, UNITS

HERE: Final = Path(__file__).parent
PROGRAMS: Final = {"chatd": ("chatd.cli", "main"), "chatctl": ("chatctl.cli", "cli")}
COMPLETIONS: Final = {
    "bash": "usr/share/bash-completion/completions/{0}",
    "zsh": "usr/share/zsh/vendor-completions/_{0}",
    "fish": "usr/share/fish/vendor_completions.d/{0}.fish",
}
MAINTAINER: Final = "The chatd authors <chatd@packages.invalid>"


def make_package(tree: Path, folder: Path, work: Path, version: str, glibc: str, quick: bool) -> Path:
    """Packs the tree. `work`: a folder that does not exist yet."""
    package = work / "usr" / "lib" / "chatd"
    package.parent.mkdir(parents=True)
    shutil.copytree(tree, package, symlinks=True)
    _programs(work, version)
    _units(work)
    _documents(work, package, version)
    _put(work / "etc" / "chatd.toml", SETTINGS.read_bytes())
    _put(work / "usr/share/lintian/overrides/chatd", (HERE / "debian" / "lintian-overrides").read_bytes())
    architecture = _said("dpkg", "--print-architecture")
    _control(work, version, glibc, architecture)
    into = folder / f"chatd_{version}_{architecture}.deb"
    packing = ("-Zgzip", "-z1") if quick else ("-Zxz", "-z6", "--threads-max=0")
    command = ["dpkg-deb", "--root-owner-group", *packing, "--build", str(work), str(into)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return into


def _programs(work: Path, version: str) -> None:
    """Their names on the PATH, their manual pages, and what shells complete."""
    (work / "usr" / "bin").mkdir()
    for program, (module, name) in PROGRAMS.items():
        (work / "usr" / "bin" / program).symlink_to(f"../lib/chatd/bin/{program}")
        root: Any = getattr(import_module(module), name)
        for file, text in pages(program, root, version).items():
            _put_packed(work / "usr/share/man/man1" / f"{file}.gz", text.encode())
        for shell, place in COMPLETIONS.items():
            completion = get_completion_class(shell)
            assert completion is not None
            script = completion(root, {}, program, f"_{program.upper()}_COMPLETE").source()
            _put(work / place.format(program), script.encode())

    _put_packed(work / "usr/share/man/man5/chatd.toml.5.gz", settings_page(version).encode())


def _units(work: Path) -> None:
    for unit in sorted(UNITS.iterdir()):
        _put(work / "usr/lib/systemd/system" / unit.name, unit.read_bytes())
    _put(work / "usr/lib/sysusers.d/chatd.conf", (HERE / "debian" / "sysusers.conf").read_bytes())


def _documents(work: Path, package: Path, version: str) -> None:
    folder = work / "usr/share/doc/chatd"
    notices = package / "share" / "THIRD-PARTY-LICENSES"
    _put_packed(folder / "THIRD-PARTY-LICENSES.gz", notices.read_bytes())
    shutil.rmtree(package / "share")
    own = (ROOT / "LICENSE").read_text(encoding="utf-8")
    told = "What it is made of, and under which licences: /usr/share/doc/chatd/THIRD-PARTY-LICENSES.gz\n\n"
    _put(folder / "copyright", f"chatd {version}\n\n{told}{own}".encode())
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))
    entry = "  * CHANGELOG.md beside this file says what is new.\n"
    signed = f" -- {_maintainer()}  {formatdate(epoch)}\n"
    _put_packed(
        folder / "changelog.gz", f"chatd ({version}) unstable; urgency=medium\n\n{entry}\n{signed}".encode()
    )
    _put_packed(folder / "CHANGELOG.md.gz", (ROOT / "CHANGELOG.md").read_bytes())


def _control(work: Path, version: str, glibc: str, architecture: str) -> None:
    control = work / "DEBIAN"
    control.mkdir()
    files = [path for path in sorted(work.rglob("*")) if path.is_file() and not path.is_symlink()]
    kilobytes = sum(path.stat().st_size for path in files) // 1024
    filled = (
        (HERE / "debian" / "control")
        .read_text()
        .format(
            version=version,
            architecture=architecture,
            maintainer=_maintainer(),
            kilobytes=kilobytes,
            glibc=glibc,
        )
    )
    _put(control / "control", filled.encode())
    _put(control / "conffiles", b"/etc/chatd.toml\n")
    sums = [f"{md5(path)}  {path.relative_to(work)}\n" for path in files if path.parent != work / "etc"]
    _put(control / "md5sums", "".join(sums).encode())
    for script in ("postinst", "prerm", "postrm"):
        _put(control / script, (HERE / "debian" / script).read_bytes(), 0o755)


def _maintainer() -> str:
    """Who builds, as Debian's own tools are told."""
    name, mail = os.environ.get("DEBFULLNAME"), os.environ.get("DEBEMAIL")
    return f"{name} <{mail}>" if name and mail else MAINTAINER


def _put(path: Path, content: bytes, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(mode)


def _put_packed(path: Path, content: bytes) -> None:
    _put(path, gzip.compress(content, mtime=0))


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
