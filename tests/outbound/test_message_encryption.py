"""What is pushed: RFC 8291's own example to the byte, and what does not fit."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from e2e.push_place import Browser, base64url, from_base64url

from chatd.outbound.message_encryption import CURVE, MAX_PAYLOAD, encrypted

# RFC 8291, appendix A
RECEIVER = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
    "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
    "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_rfc_8291_is_met_to_the_byte() -> None:
    sender = ec.derive_private_key(int.from_bytes(from_base64url(SENDER), "big"), CURVE)
    body = encrypted(
        b"When I grow up, I want to be a watermelon",
        from_base64url(RECEIVER),
        from_base64url(AUTH),
        sender=sender,
        salt=from_base64url(SALT),
    )
    assert base64url(body) == BODY


def test_the_largest_payload_is_a_body_of_4096_bytes_and_a_larger_one_is_none() -> None:
    browser = Browser("https://push.example.org/")
    receiver, auth = (from_base64url(browser.keys[name]) for name in ("p256dh", "auth"))
    payload = b'"' + b"x" * (MAX_PAYLOAD - 2) + b'"'
    assert MAX_PAYLOAD == 3993
    body = encrypted(payload, receiver, auth)
    assert len(body) == 4096
    assert browser.read(body) == "x" * (MAX_PAYLOAD - 2)
    assert encrypted(payload, receiver, auth) != body  # another key and salt each time
    with pytest.raises(ValueError, match="3993"):
        encrypted(payload + b" ", receiver, auth)


@pytest.mark.parametrize("receiver", [b"", b"\x04" + b"\0" * 64, b"\x04" * 65, b"\x02" + b"\1" * 32])
def test_a_key_that_is_no_point_is_refused(receiver: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - said by the library
        encrypted(b"{}", receiver, b"\0" * 16)
