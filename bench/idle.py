"""What chatd weighs: empty, and with 2,000 people connected who say nothing."""

from __future__ import annotations

from bench.community import Operator, connect_crowd, create_members
from bench.figure import Figure, at_most
from bench.machine import memory
from bench.process import chatd_running
from bench.setting import Setting

SETTLED = 1.0
KIB = 1024
MIB = 1024 * 1024


def idle_memory(setting: Setting) -> list[Figure]:
    count = setting.plan.idle
    title = f"memory, {count:,} idle connections"
    setting.say(title)
    folder = setting.fresh_folder()
    with chatd_running(folder, setting.cores.server) as server:
        setting.receiver.until_quiet(SETTLED)
        empty = memory(server.pid)
        operator = Operator(folder)
        members = create_members(operator, count)
        operator.close()
        setting.receiver.until_quiet(SETTLED)
        before = memory(server.pid)
        crowd = connect_crowd(server, setting.receiver, members)
        setting.receiver.until_quiet(SETTLED)
        after = memory(server.pid)
        setting.receiver.dismiss(crowd)
    return [
        Figure(title, "empty server, RSS", "MiB", empty.rss / MIB, None, at_most(45)),
        Figure(title, "empty server, PSS", "MiB", empty.pss / MIB),
        Figure(
            title, "per connection, RSS", "KiB", (after.rss - before.rss) / count / KIB, None, at_most(24)
        ),
        Figure(title, "per connection, PSS", "KiB", (after.pss - before.pss) / count / KIB),
    ]
