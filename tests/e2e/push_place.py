"""A push service on loopback that takes what is sent to it, and a browser that can read it.

The reading is written anew from RFC 8291 and RFC 8188, and shares nothing with the server's writing.
"""

from __future__ import annotations

import hmac
import json
import os
import ssl
import threading
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import attrs
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey
from loopback import Answering, Loopback

Frame = dict[str, Any]


def base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Browser:
    """A subscription: an endpoint, and the keys with which its browser reads."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._private = ec.generate_private_key(ec.SECP256R1())
        self._public = _point(self._private.public_key())
        self._auth = os.urandom(16)

    @property
    def keys(self) -> Frame:
        return {"p256dh": base64url(self._public), "auth": base64url(self._auth)}

    @property
    def subscription(self) -> Frame:
        return {"endpoint": self.endpoint, "keys": self.keys}

    def read(self, body: bytes) -> Frame:
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, record = body[21 : 21 + length], body[21 + length :]
        assert len(record) <= size
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        shared = self._private.exchange(ec.ECDH(), public)
        secret = _hkdf(self._auth, shared, b"WebPush: info\0" + self._public + sender, 32)
        key = _hkdf(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _hkdf(salt, secret, b"Content-Encoding: nonce\0", 12)
        padded = AESGCM(key).decrypt(nonce, record, None).rstrip(b"\0")
        assert padded.endswith(b"\x02")
        read: Frame = json.loads(padded[:-1])
        return read


def _hkdf(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    extracted = hmac.digest(salt, secret, "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")[:length]


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


@attrs.frozen
class Sent:
    path: str
    headers: Frame
    body: bytes

    @property
    def claims(self) -> Frame:
        """What the server signed, checked with the key that it names."""
        scheme, _, rest = self.headers["authorization"].partition(" ")
        assert scheme == "vapid"
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        point = from_base64url(parts["k"])
        key = ECKey.import_key(
            {"kty": "EC", "crv": "P-256", "x": base64url(point[1:33]), "y": base64url(point[33:])}
        )
        return jwt.decode(parts["t"], key, algorithms=["ES256"]).claims


class PushPlace(Loopback):
    """`answer` gives status and headers for a path; what came is in `sent`."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.answer: Callable[[str], tuple[int, Frame]] = lambda path: (201, {})
        self._arrived = threading.Condition()
        super().__init__(self._handler())

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def speak_tls(self, context: ssl.SSLContext) -> None:
        self.server.socket = context.wrap_socket(
            self.server.socket, server_side=True, do_handshake_on_connect=False
        )

    def browser(self, name: str = "one") -> Browser:
        return Browser(f"http://{self.host}/{name}")

    def to(self, browser: Browser) -> list[Sent]:
        return [sent for sent in self.sent if browser.endpoint.endswith(sent.path)]

    def wait(self, browser: Browser, count: int = 1, seconds: float = 60.0) -> list[Frame]:
        """What the browser was sent, once it is as much as that."""
        ends = time.monotonic() + seconds
        with self._arrived:
            while len(found := self.to(browser)) < count:
                left = ends - time.monotonic()
                assert left > 0, f"{len(found)} of {count} pushes came to {browser.endpoint}"
                self._arrived.wait(left)
        return [browser.read(sent.body) for sent in found]

    def _handler(place) -> type[Answering]:
        class Handler(Answering):
            def do_POST(self) -> None:
                body = self.body()
                headers = {name.lower(): value for name, value in self.headers.items()}
                status, more = place.answer(self.path)
                with place._arrived:
                    place.sent.append(Sent(self.path, headers, body))
                    place._arrived.notify_all()
                self.answer(status, headers=more)

        return Handler
