"""Whatever a stranger shows as a token, it names an account or it is none."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from random import Random

from hypothesis import strategies as st

from chatd.auth.tokens import Claims, Tokens

from .mutation import cut_up

MUTANTS = 15
AT = 4_000_000_000_000  # so that none has expired
TOKENS = (
    ".", "..", "=", "-", "_", "\0", "é", "\ud7ff", "ey", "e30", "e30.e30.", "bnVsbA", "W10",
    "A" * 4000, "%", " ", "\n",
    *(
        urlsafe_b64encode(part).decode().rstrip("=")
        for part in (
            b'{"alg":"none"}', b'{"alg":"HS256","crit":["b64"],"b64":false}', b'{"alg":["HS256"]}',
    b'{"alg":null}',
            b'{"alg":"HS256","kid":{}}', b'{"alg":"HS256","zip":"DEF"}', b"[" * 3000, b'{"exp":1e999}',
    b'{"exp":"x"}',
            b'{"exp":NaN}', b'{"aud":{}}', b'{"iss":[1]}', b'{"sub":1}', b'{"sid":null}',
    b'{"exp":[]}', b"\xff\xfe",
        )
    ),
)  # fmt: skip
SEEDED = st.tuples(st.text(max_size=64), st.text(max_size=64), st.integers(0, 2**32))
ISSUED = Tokens(b"0" * 32, "a" * 26)


def tokens(drawn: tuple[str, str, int]) -> Iterator[str]:
    account, device, seed = drawn
    random = Random(seed)
    whole = ISSUED.sign(Claims(account, device), AT, 60)
    yield whole
    for _ in range(MUTANTS):
        yield cut_up(whole, TOKENS, random)[:4096]


def show(token: str) -> None:
    claims = ISSUED.read(token)
    assert claims is None or isinstance(claims, Claims)


def test_no_text_is_more_than_a_token_or_none(attack: Callable[..., None]) -> None:
    attack(SEEDED, tokens, show)
