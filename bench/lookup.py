"""A million messages in a thousand rooms: how soon views have followed them, and how soon questions are
answered, one at a time, over the wire.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.archive import ROOMS_OF_FIRST, Archive
from bench.asking import Asker
from bench.behind import until_followed
from bench.community import Operator
from bench.figure import Figure, at_least
from bench.process import Server, chatd_running
from bench.questions import Member, Questions
from bench.setting import Setting


def look_up(setting: Setting) -> list[Figure]:
    folder, archive = setting.archived_folder(setting.plan.archived)
    title = f"archive of {setting.plan.archived:,} messages in {len(archive.rooms):,} rooms"
    setting.say(title)
    with chatd_running(folder, setting.cores.server) as server:
        figures = _follow(title, folder, server, archive)
        _wake_all(folder, archive)
    with chatd_running(folder, setting.cores.server) as server:
        operator = Operator(folder)
        until_followed(operator)
        with members(server, operator, archive) as asking:
            questions = Questions(title, asking, archive, setting.plan.asked)
            figures += [*questions.history(), *questions.unread(), *questions.searches()]
        operator.close()
    return figures


@contextmanager
def members(server: Server, operator: Operator, archive: Archive) -> Iterator[list[Member]]:
    """The first members of the archive, with an open session each."""
    with ExitStack() as stack:
        found = []
        for account in archive.people[: len(ROOMS_OF_FIRST)]:
            token = operator.ask("command", "account.token", {"account": account})["token"]
            asker = stack.enter_context(Asker(server, token))
            found.append(Member(account, asker, archive.rooms_of(account)))
        yield found


def _follow(title: str, folder: Path, server: Server, archive: Archive) -> list[Figure]:
    """The views begin with the log's first event, and nothing else is asked until they are at its last."""
    operator = Operator(folder)
    followed = until_followed(operator)
    operator.close()
    if not followed:
        raise AssertionError("the server has no views")
    rates = {name: archive.events / (at - server.listening) for name, at in followed.items()}
    return [
        *(
            Figure(title, f"view {name}, from the first event", "events/s", rates[name])
            for name in sorted(rates)
        ),
        Figure(
            title, "all views, from the first event", "events/s", min(rates.values()), target=at_least(5000)
        ),
    ]


def _wake_all(folder: Path, archive: Archive) -> None:
    """A room that was awake leaves its state behind when the server stops, so that it wakes sooner next time:
    in a folder that grew day by day all rooms have done so."""
    operator = Operator(folder)
    operator.ask_many("query", "room.history", [{"room": room.id, "limit": 1} for room in archive.rooms])
    operator.close()
