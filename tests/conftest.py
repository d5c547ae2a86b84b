"""What holds for every test: nothing comes unchecked, Ctrl+C reaches what is started, no process is left."""

from __future__ import annotations

import gc
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import hypothesis
import in_memory
import leftovers
import pytest
import strict
import workers
from e2e import companions, loaded

from chatd.current.request import work_at

# Of these files each takes five seconds of the processor, or of waiting, or more. They come first, so that no
# worker is left alone with one at the end; what mostly waits stands between what keeps all cores at work.
# Types are checked beside the first ones, so what measures the browser's time is not among these.
LONGEST = """
    shell_blocks screens fuzz_rest cluster_soak release operations getting_in schema
    standby every_way how_to composer reading speed staying cluster_nodes acting clock
    chatctl_views kill docs push nats_server store_temporary takeovers make_cluster
    hostile_clients docs_page hostile
    chatctl_import_cut scheduled everyday imports cluster_recovery cluster_clocks import_runs
    limits service_manager single_sign_on chatctl_import hidden search slow_clients chatctl_asking texts
    broken_exports sse_resume every_event tokens fairness backup_trouble replay chatctl_verbs
    chatctl_line output client matrix_of_queries sse graphql_socket account_deletion store_reader
    lifetimes client_real_server interleavings chatctl_sign_in shown chatctl_moderation keeping
    search_follow chatctl_ends three_clients model packages backup_repositories files_over_http
    acts_on_the_server monitor_page launcher pictures cluster_log import_undo
"""
PLACES = {f"test_{name}.py": place for place, name in enumerate(LONGEST.split())}


def pytest_addoption(parser: pytest.Parser) -> None:
    workers.add_option(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # a worker has the folders of the one that started it
        until_the_end = ExitStack()
        config.add_cleanup(until_the_end.close)
        folder = until_the_end.enter_context(in_memory.temporary_files())
        if folder and config.option.basetemp is None:
            config.option.basetemp = str(folder / "t")  # addresses of sockets must be short
    if config.option.workers:
        config.pluginmanager.register(workers.Workers(config.option.workers), "workers")
    gc.disable()  # until all tests are collected: they are a million objects, and stay
    strict.watch_library()
    hypothesis.settings.register_profile("chatd", deadline=None)  # pytest's deadline holds for a whole test
    hypothesis.settings.load_profile("chatd")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a job in the background of a shell has it
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: PLACES.get(item.path.name, len(PLACES)))


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def no_process_is_left() -> Iterator[None]:
    """Set up before every other fixture, and so torn down after them."""
    with leftovers.none_left(), loaded.may_be_forked():
        yield
        companions.end()


@pytest.fixture
def disk() -> Iterator[Path]:
    """A folder that is not in memory, and that other users may reach."""
    with TemporaryDirectory(dir="/var/tmp") as folder:
        yield Path(folder)


@pytest.fixture(autouse=True)
def works_at_no_request() -> None:
    """Tests that drive a coroutine by hand leave behind what it has set in their thread's context."""
    work_at(None)
