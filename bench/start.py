"""From the command to the first person signed in, and the opening of a database of a million events."""

from __future__ import annotations

import shutil
import time

from bench.community import Operator, ask_each, shake_hands
from bench.figure import Figure, at_most
from bench.process import chatd_running
from bench.setting import Setting
from bench.speech import ChatdSpeech

PASSWORD = "correct horse battery staple 42"


def first_sign_in(setting: Setting) -> list[Figure]:
    """An empty folder: what somebody who tries chatd waits for, account and password hashing included."""
    title = "start with an empty database"
    setting.say(title)
    listening, created, signed_in = min(
        (_first_sign_in(setting) for _ in range(setting.plan.rounds)), key=lambda moments: moments[2]
    )
    return [
        Figure(title, "until it listens", "s", listening),
        Figure(title, "until the first account is created", "s", created),
        Figure(title, "until it has signed in", "s", signed_in, target=at_most(1)),
    ]


def _first_sign_in(setting: Setting) -> tuple[float, float, float]:
    folder = setting.fresh_folder()
    with chatd_running(folder, setting.cores.server) as server:
        operator = Operator(folder)
        operator.ask("command", "account.create", {"name": "first", "password": PASSWORD})
        created = time.perf_counter()
        dialogues = shake_hands(server, 1, ChatdSpeech.path, ChatdSpeech.headers)
        ask_each(dialogues, lambda _: ("account.sign_in", {"name": "first", "password": PASSWORD}))
        signed_in = time.perf_counter()
        dialogues[0].close()
        operator.close()
    return server.listening - server.spawned, created - server.spawned, signed_in - server.spawned


def grown_database(setting: Setting) -> list[Figure]:
    """The folder was filled through the store, and its pages were read by nobody since."""
    folder, archive = setting.archived_folder()
    title = f"start with a database of {archive.events:,} events"
    setting.say(title)
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    opened = []
    for _ in range(setting.plan.rounds):
        with chatd_running(folder, setting.cores.server) as server:
            operator = Operator(folder)
            status = operator.ask("query", "server.status", {})
            if status["position"] < archive.events:
                raise AssertionError(f"only {status['position']} events are there")
            operator.close()
        opened.append(server.listening - server.spawned)
    shutil.rmtree(folder)
    return [
        Figure(title, "until it listens", "s", min(opened), target=at_most(2)),
        Figure(title, "size on disk", "MiB", size / 1024 / 1024),
    ]
