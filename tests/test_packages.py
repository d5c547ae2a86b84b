"""The packages of chatd carry the browser client, so that whoever installs one needs no Node."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import built
import pytest
from e2e.raw import fetched
from e2e.serving import Server
from released import release

ROOT = Path(__file__).parents[1]
CLIENT = "chatd/gateway/http/web"
SOURCES = ("LICENSE", "README.md", "chatd", "chatctl", "pyproject.toml", "schema.sql")
MADE = shutil.ignore_patterns("__pycache__", "web")
BUILD_SECONDS = 240


def build(tree: Path, kind: str, into: Path) -> subprocess.CompletedProcess[str]:
    """Asks hatchling for a package as pip does: `kind` is `sdist`, `wheel` or `editable`."""
    into.mkdir(exist_ok=True)
    script = f"import sys, hatchling.build; hatchling.build.build_{kind}(sys.argv[1])"
    command = [sys.executable, "-c", script, str(into)]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, timeout=BUILD_SECONDS)


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = release(tmp_path_factory)
    (sdist,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return {"sdist": sdist, "wheel": wheel}


def client_files(names: list[str]) -> set[str]:
    return {name.partition(f"{CLIENT}/")[2] for name in names if f"{CLIENT}/" in name and name[-1] != "/"}


def test_wheel_and_source_package_carry_the_client_and_its_licences(packages: dict[str, Path]) -> None:
    with zipfile.ZipFile(packages["wheel"]) as wheel, tarfile.open(packages["sdist"]) as sdist:
        in_wheel, in_sdist = client_files(wheel.namelist()), client_files(sdist.getnames())
        licences = wheel.read(f"{CLIENT}/licences.txt").decode()
        sources = sdist.getnames()
    there = {
        file.relative_to(built.client()).as_posix() for file in built.client().rglob("*") if file.is_file()
    }
    assert in_wheel == in_sdist == there
    assert "index.html" in there
    assert all(f"## {name} - " in licences for name in ("preact", "@preact/signals", "@preact/signals-core"))
    assert "Permission is hereby granted" in licences
    assert any(name.endswith("/web/src/main.tsx") for name in sources)
    assert not any("node_modules" in name for name in sources)


def test_a_wheel_made_from_the_source_package_is_the_same(packages: dict[str, Path], tmp_path: Path) -> None:
    subprocess.run(["tar", "--extract", "--file", packages["sdist"], "--directory", tmp_path], check=True)
    (tree,) = tmp_path.iterdir()
    done = build(tree, "wheel", tmp_path / "made")
    assert done.returncode == 0, done.stderr
    (made,) = (tmp_path / "made").glob("*.whl")
    with zipfile.ZipFile(made) as again, zipfile.ZipFile(packages["wheel"]) as wheel:
        assert client_files(again.namelist()) == client_files(wheel.namelist())


def test_who_installs_the_wheel_is_served_the_client(
    packages: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "site"
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--no-warn-script-location",
    ]
    subprocess.run([*pip, "--target", str(place), str(packages["wheel"])], check=True, timeout=BUILD_SECONDS)
    monkeypatch.setenv("PYTHONPATH", str(place))
    monkeypatch.setenv("PYTHONSAFEPATH", "1")  # not the folder that the tests run in
    server = Server(tmp_path / "data").start()
    try:
        status, headers, body = fetched(server, "/")
    finally:
        server.kill()
    assert (status, headers["cache-control"]) == (200, "no-cache")
    assert body == (place / CLIENT / "index.html").read_bytes()


@pytest.fixture
def unbuilt(tmp_path: Path) -> Path:
    """The sources, without a built client."""
    tree = tmp_path / "tree"
    (tree / "web").mkdir(parents=True)
    shutil.copy(ROOT / "web" / "packaging.py", tree / "web")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tree / name, ignore=MADE)
        else:
            shutil.copy(ROOT / name, tree / name)
    return tree


@pytest.mark.parametrize("kind", ["sdist", "wheel"])
def test_no_package_is_made_without_the_client(unbuilt: Path, tmp_path: Path, kind: str) -> None:
    done = build(unbuilt, kind, tmp_path / "made")
    assert done.returncode != 0
    assert "the browser client is not built" in done.stderr
    assert "run `make web`" in done.stderr
    assert list((tmp_path / "made").iterdir()) == []


def test_a_checkout_is_installed_for_work_without_the_client(unbuilt: Path) -> None:
    script = (
        "import runpy, sys; hook = runpy.run_path('web/packaging.py')['BrowserClient'];"
        "hook(sys.argv[1], {}, None, None, '', 'wheel').initialize('editable', {})"
    )
    command = [sys.executable, "-c", script, str(unbuilt)]
    assert subprocess.run(command, cwd=unbuilt, timeout=BUILD_SECONDS).returncode == 0
