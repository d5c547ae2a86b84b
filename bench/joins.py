"""2,000 people enter one room at the same moment, and each is told of everyone who comes after."""

from __future__ import annotations

import time

import attrs

from bench.community import Operator, connect_crowd, create_community
from bench.figure import Figure
from bench.process import chatd_running
from bench.receiver import Crowd, Tap
from bench.setting import SETTLED, Setting
from bench.speech import ChatdSpeech
from bench.websocket import masked_frame


class JoinSpeech(ChatdSpeech):
    """Here a delivery is the news of a join."""

    delivery = b'"member.joined"'


@attrs.define
class Moments:
    """When the last answer and the last news came; `time.perf_counter()` seconds."""

    answer: float = 0.0
    news: float = 0.0


def joins(setting: Setting) -> list[Figure]:
    count = setting.plan.joins
    title = f"{count:,} joins of one room at once"
    setting.say(title)
    folder = setting.fresh_folder()
    with chatd_running(folder, setting.cores.server) as server:
        operator = Operator(folder)
        community = create_community(server, operator, count)
        operator.close()
        crowd = connect_crowd(server, setting.receiver, community.members, community.rooms[0])
        crowd.speech = JoinSpeech()
        setting.receiver.until_quiet(SETTLED)
        started = time.perf_counter()
        moments = _all_join(setting, crowd)
        news = crowd.delivered
        setting.receiver.dismiss(crowd)
    everyone = moments.news - started
    return [
        Figure(title, "until all are in", "s", moments.answer - started),
        Figure(title, "until everyone knows", "s", everyone),
        Figure(title, "news delivered", "", news),
        Figure(title, "news delivered", "1/s", news / everyone),
    ]


def _all_join(setting: Setting, crowd: Crowd) -> Moments:
    """Ends when everybody has been told of everyone who came after."""
    moments = Moments()
    receiver = setting.receiver
    size = len(crowd.taps)

    def answered(_: Tap, __: int) -> None:
        moments.answer = time.perf_counter()

    for tap in crowd.taps:
        tap.on_answer = answered
        tap.posts = True
        receiver.send(tap, masked_frame(ChatdSpeech.request(1, "room.join", room=crowd.room)))
    receiver.until(lambda: crowd.answered == size)
    # The n-th to come is told of itself and of all after it.
    due = size * (size + 1) // 2
    receiver.until(lambda: crowd.delivered >= due)
    moments.news = receiver.last_arrival
    return moments
