"""Files of tests run beside each other: what each worker saw is told, and what none could see."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import workers

CONFTEST = """
import os, pytest, workers

@pytest.fixture(scope="session", autouse=True)
def told_at_the_end():
    yield
    with open("ended", "a") as file:
        file.write(f"{os.getpid()}\\n")

def pytest_addoption(parser):
    workers.add_option(parser)

def pytest_configure(config):
    config.pluginmanager.register(workers.Workers(config.option.workers), "workers")
"""
TESTS = {
    "first": """
        def test_passes(tmp_path_factory): assert tmp_path_factory.getbasetemp().name.startswith("worker-")
        def test_fails(): print("seen before"); assert [1] == [2]
        """,
    "second": """
        import os
        def test_ends_its_worker(): os._exit(3)
        def test_is_not_run(): pass
        """,
    "third": """
        def test_passes(): pass
        def test_writes_as_a_plugin(request):
            request.config.get_terminal_writer().line("stacks of threads")
            assert not "told"
        """,
    "fourth": "def test_passes(): pass",
}


def run(folder: Path, *more: str) -> str:
    (folder / "conftest.py").write_text(CONFTEST)
    for name, text in TESTS.items():
        (folder / f"test_{name}.py").write_text(text.replace("\n        ", "\n").lstrip())
    words = [sys.executable, "-m", "pytest", "-q", "-rA", f"--rootdir={folder}", *more]
    plain = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "TMPDIR": str(folder)}
    environment = {"PYTHONPATH": str(Path(workers.__file__).parent), **plain}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


def test_every_test_is_told_of_and_every_worker_ends_its_session(tmp_path: Path) -> None:
    said = run(tmp_path, "--workers=2")
    assert "4 failed, 3 passed" in said
    assert "FAILED test_first.py::test_fails - assert [1] == [2]" in said
    assert "seen before" in said
    assert "stacks of threads" in said
    assert "FAILED test_second.py::test_ends_its_worker - its worker ended with 3" in said
    assert "FAILED test_second.py::test_is_not_run - its worker ended before it" in said
    assert len((tmp_path / "ended").read_text().split()) == 1  # the other one has ended at once


def test_no_other_file_is_begun_after_the_first_failure_if_one_asks_for_it(tmp_path: Path) -> None:
    said = run(tmp_path, "--workers=1", "-x")
    assert "1 failed, 1 passed" in said
    assert "test_second" not in said
