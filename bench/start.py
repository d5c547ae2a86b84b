"""From the command to the first person signed in."""

from __future__ import annotations

import statistics
import time

from bench.community import Operator, ask_each, shake_hands
from bench.figure import Figure, at_most
from bench.process import chatd_running
from bench.rounds import spread
from bench.setting import Setting
from bench.speech import ChatdSpeech

PASSWORD = "correct horse battery staple 42"
TARGETS = {
    "until it listens": at_most(0.35),
    "until the first account is created": None,
    "until it has signed in": at_most(0.7),
}


def first_sign_in(setting: Setting) -> list[Figure]:
    """An empty folder: what somebody who tries chatd waits for, account and password hashing included."""
    title = "start with an empty database"
    setting.say(title)
    rounds = [_first_sign_in(setting) for _ in range(setting.plan.rounds)]
    return [
        Figure(title, name, "s", statistics.median(seconds), target=target, spread=spread(seconds))
        for (name, target), seconds in zip(TARGETS.items(), zip(*rounds, strict=True), strict=True)
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
