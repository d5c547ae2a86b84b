"""What is inside the executable, and under which licences: found where it was taken from."""

from __future__ import annotations

import json
import platform
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any, Final

import msgspec

ROOT: Final = Path(__file__).parents[1]
OF_THE_CLIENT: Final = ROOT / "chatd" / "gateway" / "http" / "web" / "licences.txt"
_LICENCE_FILE: Final = re.compile(r"(licen[cs]e|copying|notice|authors)", re.IGNORECASE)
_IN_COPYRIGHT: Final = re.compile(r"^License: *(\S[^\n]*)", re.MULTILINE)
_OWNED: Final = re.compile(r"^([^\s,]+)(?:, \S+)*: (/.*)$", re.MULTILINE)  # as dpkg says it
_OF_NPM: Final = re.compile(r"^## (\S+) - (\S+) \(([^)]*)\)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)


class Part(msgspec.Struct, frozen=True):
    """One piece of software. `inner`: what was compiled into it, as its makers say (PEP 770)."""

    name: str
    version: str
    purl: str
    licence: str
    texts: tuple[str, ...]
    inner: tuple[dict[str, Any], ...] = ()


def parts(packages: dict[str, Distribution], libraries: Iterable[Path]) -> list[Part]:
    """Everything but chatd itself. Raises LookupError for what nobody says a licence of."""
    of_launcher = subprocess.run(
        ["cc", "-print-file-name=libzstd.a"], capture_output=True, text=True, check=True
    )
    files = [path for path in libraries if not path.name.startswith("libpython")]
    return [
        _interpreter(),
        *(_of_python(name, package) for name, package in packages.items()),
        *_of_debian([*files, Path(of_launcher.stdout.strip())]),
        *_of_npm(),
    ]


def _interpreter() -> Part:
    version = platform.python_version()
    short = f"python{sys.version_info.major}.{sys.version_info.minor}"
    texts = (
        Path(sysconfig.get_path("stdlib"), "LICENSE.txt"),
        Path("/usr/share/doc", short, "copyright"),
    )
    found = [path.read_text(encoding="utf-8") for path in texts if path.is_file()]
    if not found:
        raise LookupError(f"no text of Python's licence: none of {', '.join(map(str, texts))} is there")
    return Part("python", version, f"pkg:generic/python@{version}", "Python-2.0.1", (found[0],))


def _of_python(name: str, package: Distribution) -> Part:
    files = [file for file in package.files or () if _LICENCE_FILE.match(file.name)]
    texts = [file.read_text(encoding="utf-8") for file in files if ".dist-info" in file.as_posix()]
    return Part(
        name,
        package.version,
        f"pkg:pypi/{name}@{package.version}",
        _licence(name, package, texts),
        tuple(dict.fromkeys(texts)),
        tuple(_inner(package)),
    )


def _licence(name: str, package: Distribution, texts: Sequence[str]) -> str:
    """What the package says: the expression, else the classifiers, else the first line of the old field or of
    the text."""
    fields: Any = package.metadata  # a message of the email package, whatever its type says
    classifiers = [text for text in fields.get_all("Classifier") or () if text.startswith("License ::")]
    said = (
        fields.get("License-Expression")
        or ", ".join(text.rpartition(":: ")[2] for text in classifiers)
        or (fields.get("License") or "").strip().partition("\n")[0]
        or next((text.strip().partition("\n")[0] for text in texts), "")
    )
    if not said:
        raise LookupError(f"{name} says no licence")
    return str(said)


def _inner(package: Distribution) -> Iterator[dict[str, Any]]:
    seen = set()
    for file in package.files or ():
        if ".dist-info/sboms/" in file.as_posix() and file.suffix == ".json":
            for component in json.loads(file.read_text(encoding="utf-8")).get("components", ()):
                kept = {
                    key: component[key] for key in ("type", "name", "version", "purl") if key in component
                }
                if (key := (kept["name"], kept.get("version"))) not in seen:
                    seen.add(key)
                    yield kept


def _of_debian(files: Iterable[Path]) -> Iterator[Part]:
    """The packages of Debian that these files are from, each once."""
    for name in sorted(_owners(files)):
        shown = ["dpkg-query", "--show", "--showformat=${Version} ${Architecture}", name]
        version, architecture = subprocess.run(
            shown, capture_output=True, text=True, check=True
        ).stdout.split()
        bare = name.partition(":")[0]
        text = Path("/usr/share/doc", bare, "copyright").read_text(encoding="utf-8")
        licences = dict.fromkeys(line.strip() for line in _IN_COPYRIGHT.findall(text))
        purl = f"pkg:deb/debian/{bare}@{version.replace(':', '%3A').replace('+', '%2B')}?arch={architecture}"
        yield Part(bare, version, purl, ", ".join(licences) or "see its text", (text,))


def _owners(files: Iterable[Path]) -> set[str]:
    """The packages that files are from. Debian moved /lib to /usr/lib; dpkg knows a file under one of both.
    It is asked once for all: each time it reads the lists of all packages.
    """
    names = {path: (str(path), real := str(path.resolve()), real.removeprefix("/usr")) for path in files}
    if not names:
        return set()
    asked = ["dpkg-query", "--search", *(name for tried in names.values() for name in tried)]
    said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    owners = {file: owner for owner, file in _OWNED.findall(said)}
    for path, tried in names.items():
        if owners.keys().isdisjoint(tried):
            raise LookupError(f"{path} is of no package of Debian, so its licence is not known")
    return {next(owners[name] for name in tried if name in owners) for tried in names.values()}


def _of_npm() -> Iterator[Part]:
    """What the build of the browser client wrote of itself."""
    for name, version, licence, text in _OF_NPM.findall(OF_THE_CLIENT.read_text(encoding="utf-8")):
        yield Part(name, version, f"pkg:npm/{name.replace('@', '%40')}@{version}", licence, (text.strip(),))
