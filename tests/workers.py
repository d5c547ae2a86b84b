"""`pytest --workers NUMBER`: runs so many files of tests beside each other, each in a process of its own.

The processes are forked when all tests are collected, which takes seconds, so that it is done once. A file
goes to the first worker that has nothing to do, in the order of the collection. What a worker reports is told
as if it had happened here.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from itertools import groupby
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Final, NoReturn, TypeAlias

import pytest
from _pytest._io import TerminalWriter

File: TypeAlias = Sequence[pytest.Item]

FOLDER: Final = "worker-"  # begins the name of a worker's folder for temporary files
OF_XDIST: Final = "popen-"  # the same, of those of `pytest -n`


def add_option(parser: pytest.Parser) -> None:
    parser.addoption("--workers", type=int, default=0, help="how many files of tests run beside each other")


def shared_folder(temporary: pytest.TempPathFactory) -> Path:
    """Where all workers find what one of them made."""
    here = temporary.getbasetemp()
    return here.parent if here.name.startswith((FOLDER, OF_XDIST)) else here


class Workers:
    """A plugin, of the process that collects."""

    def __init__(self, most: int) -> None:
        self._most = most

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        if session.testsfailed or session.config.option.collectonly:
            return None
        threads = len(os.listdir("/proc/self/task"))  # also those that Python does not know
        assert threads == 1, "a thread would not be there after a fork"
        files = [list(items) for _, items in groupby(session.items, lambda item: item.path)]
        _Run(session, files).play(min(self._most, len(files)))
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        return True


class _Run:
    def __init__(self, session: pytest.Session, files: Sequence[File]) -> None:
        self._session = session
        self._config = session.config
        self._files = files
        self._next = iter(range(len(files)))
        self._workers: dict[Connection, int] = {}  # to the process
        self._at: dict[Connection, pytest.Item] = {}  # the test that it began last
        self._waiting = {item.nodeid: item for item in session.items}

    def play(self, workers: int) -> None:
        base = self._config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
        try:
            for number in range(workers):
                self._fork(base / f"{FOLDER}{number}")
            while self._workers:
                for worker in wait(list(self._workers)):
                    assert isinstance(worker, Connection)
                    self._hear(worker)
        finally:
            for worker, process in self._workers.items():
                worker.close()  # it ends when it says something
                os.waitpid(process, 0)
        if not self._session.shouldfail:
            for item in self._waiting.values():
                self._tell(item, "its worker ended before it")

    def _fork(self, folder: Path) -> None:
        here, there = Pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        process = os.fork()
        if process == 0:
            for other in (here, *self._workers):
                other.close()
            _Worker(self._session, there).work(self._files, folder)
        there.close()
        self._workers[here] = process

    def _hear(self, worker: Connection) -> None:
        try:
            said = worker.recv()
        except (EOFError, ConnectionResetError):
            status = os.waitstatus_to_exitcode(os.waitpid(self._workers.pop(worker), 0)[1])
            worker.close()
            if status:
                self._tell(self._at[worker], f"its worker ended with {status}")
            return
        if said is None:  # that it has nothing to do
            worker.send(None if self._session.shouldfail else next(self._next, None))
        elif isinstance(said, tuple):
            file, test = said
            self._at[worker] = item = self._files[file][test]
            self._waiting.pop(item.nodeid)
            self._config.hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        else:
            report = self._config.hook.pytest_report_from_serializable(config=self._config, data=said)
            self._config.hook.pytest_runtest_logreport(report=report)

    def _tell(self, item: pytest.Item, why: str) -> None:
        """That the test failed, since nobody else can say it."""
        report = pytest.TestReport(item.nodeid, item.location, {}, "failed", why, "???")  # type: ignore[arg-type]
        self._config.hook.pytest_runtest_logreport(report=report)


class _Terminal:
    """What pytest-timeout writes to: it goes to the test's standard error, and so into the report."""

    def __init__(self) -> None:
        self._tw = TerminalWriter(open(2, "w", buffering=1, closefd=False))  # noqa: SIM115


class _Worker:
    """A plugin, of a process that was forked."""

    def __init__(self, session: pytest.Session, parent: Connection) -> None:
        self._session = session
        self._config = session.config
        self._parent = parent
        self._capture: Any = session.config.pluginmanager.get_plugin("capturemanager")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        hook = self._config.hook
        self._parent.send(hook.pytest_report_to_serializable(config=self._config, report=report))

    def work(self, files: Sequence[File], folder: Path) -> NoReturn:
        status = 1
        try:
            self._settle(folder)
            self._run(files)
            status = 0
        except BaseException as error:
            self._capture.stop_global_capturing()
            if not isinstance(error, KeyboardInterrupt | BrokenPipeError):  # both mean that the parent ends
                traceback.print_exc()
        finally:
            os._exit(status)

    def _settle(self, folder: Path) -> None:
        plugins: Any = self._config.pluginmanager
        plugins.unregister(name="workers")
        plugins.register(self)
        plugins.unregister(name="terminalreporter")
        plugins.register(_Terminal(), "terminalreporter")
        self._capture.stop_global_capturing()  # its files would be those of all
        self._capture.start_global_capturing()
        temporary = self._config._tmp_path_factory  # type: ignore[attr-defined]
        folder.mkdir(mode=0o700)
        temporary._basetemp = folder

    def _run(self, files: Sequence[File]) -> None:
        try:
            while (file := self._more()) is not None:
                items = files[file]
                for test, item in enumerate(items):
                    self._parent.send((file, test))
                    last = test + 1 == len(items)  # what follows is not known; what is the session's stays
                    after: Any = self._session if last else items[test + 1]
                    item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
        finally:
            self._session._setupstate.teardown_exact(None)

    def _more(self) -> int | None:
        """The next file's number."""
        self._parent.send(None)
        number: int | None = self._parent.recv()
        return number
