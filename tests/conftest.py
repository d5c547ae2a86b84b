"""What holds for every test: nothing comes unchecked, Ctrl+C reaches what is started, no process is left."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import hypothesis
import leftovers
import pytest
import strict
from e2e import companions, loaded

from chatd.asked import work_at

# Of these files each takes ten seconds or more. They come first, so that no worker is left alone with one at
# the end; what mostly waits stands between what keeps both cores at work.
LONGEST = """
    shell_blocks screens fuzz_rest cluster_soak release reading cluster_nodes getting_in operations speed
    standby acting how_to staying schema composer every_way chatctl_views clock docs_page service_manager
    kill push texts secrets fairness sse_resume recovery limits slow_clients hostile_clients packages replay
    single_sign_on monitor_page client backup_repositories backup_trouble tokens scheduled sse docs
    three_clients search store_data_dir chatctl_asking chatctl_ends launcher interleavings model every_event
"""
PLACES = {f"test_{name}.py": place for place, name in enumerate(LONGEST.split())}


def pytest_configure() -> None:
    strict.watch_library()
    hypothesis.settings.register_profile("chatd", deadline=None)  # pytest's deadline holds for a whole test
    hypothesis.settings.load_profile("chatd")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a job in the background of a shell has it
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: PLACES.get(item.path.name, len(PLACES)))


@pytest.fixture(scope="session", autouse=True)
def no_process_is_left() -> Iterator[None]:
    """Set up before every other fixture, and so torn down after them."""
    with leftovers.none_left(), loaded.may_be_forked():
        yield
        companions.end()


@pytest.fixture(autouse=True)
def works_at_no_request() -> None:
    """Tests that drive a coroutine by hand leave behind what it has set in their thread's context."""
    work_at(None)
