"""Which passwords are too easily guessed, and that telling costs little."""

from __future__ import annotations

import time

import pytest

from chatd.auth.passwords import Passwords


@pytest.mark.parametrize(
    "password", ["password1", "12345678", "qwertyuiop", "letmein!", "aaaaaaaaaa", "xyzxyzxyz"]
)
async def test_a_password_that_everybody_tries_first_is_weak(password: str) -> None:
    weakness = await Passwords().weakness(password)
    assert weakness
    assert password not in weakness


@pytest.mark.parametrize(
    "password",
    ["correct horse", "three brown tables", "vK8#wq2!zR", "лодка на тихой реке", "一二三四五六七八"],
)
async def test_a_password_that_takes_work_is_not(password: str) -> None:
    assert await Passwords().weakness(password) is None


async def test_what_others_know_of_somebody_makes_a_weak_password() -> None:
    passwords = Passwords()
    assert await passwords.weakness("Wolkenstein7") is None
    assert await passwords.weakness("Wolkenstein7", ["wolkenstein"]) is not None


async def test_a_long_password_may_be_weak_at_one_end() -> None:
    passwords = Passwords()
    assert await passwords.weakness("a" * 40 + "grey heron, seven owls") is None
    assert await passwords.weakness("grey heron, seven owls" + "a" * 40) is None
    assert await passwords.weakness("a" * 256) is not None


async def test_a_hash_costs_a_guesser_what_rfc_9106_recommends() -> None:
    """Its second recommendation: 64 MiB, three passes, four lanes. Servers of other tests pay less."""
    hashed = await Passwords().hash("three brown tables")
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


async def test_no_password_takes_long_to_judge() -> None:
    passwords = Passwords()
    await passwords.weakness("to have it loaded")
    started = time.process_time()
    await passwords.weakness("4@8({[<369&#!0$5+7%2|1" * 11)
    assert time.process_time() - started < 1
