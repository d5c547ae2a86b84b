"""What a doctor says of one thing: fine, worth a look, wrong."""

from __future__ import annotations

from chatd.contract.doctor import DoctorCheck


def fine(topic: str, says: str) -> DoctorCheck:
    return DoctorCheck(topic=topic, state="fine", says=says, remedy=None)


def look(topic: str, says: str, remedy: str) -> DoctorCheck:
    return DoctorCheck(topic=topic, state="look", says=says, remedy=remedy)


def wrong(topic: str, says: str, remedy: str) -> DoctorCheck:
    return DoctorCheck(topic=topic, state="wrong", says=says, remedy=remedy)
