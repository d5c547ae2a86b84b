"""An operator with two accounts and a user, as `nsc` would make them: NATS's JWTs are signed by nkeys
(https://docs.nats.io/running-a-nats-service/nats_admin/security/jwt)."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Sequence
from typing import Any

import attrs
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chatd.nats.credentials import checksum, new_seed, private_key, public_key

OPERATOR, ACCOUNT = 14 << 3, 0


@attrs.frozen
class Operator:
    """`lines`: of a server's configuration."""

    lines: Sequence[str]
    jwt: str
    credentials: str


def operator() -> Operator:
    owner, system, account = (Ed25519PrivateKey.generate() for _ in range(3))
    seed = new_seed()
    as_operator = _token(owner, _named(owner, OPERATOR), _named(owner, OPERATOR), {"type": "operator"})
    accounts = []
    for key in (system, account):
        limits = {"subs": -1, "conn": -1, "leaf": -1, "imports": -1, "exports": -1, "data": -1, "payload": -1}
        claims = {"type": "account", "limits": limits}
        accounts.append(
            (
                _named(key, ACCOUNT),
                _token(owner, _named(owner, OPERATOR), _named(key, ACCOUNT), claims),
            )
        )
    user = {"type": "user", "subs": -1, "data": -1, "payload": -1}
    jwt = _token(account, _named(account, ACCOUNT), public_key(private_key(seed)), user)
    preload = ", ".join(f"{name}: {token}" for name, token in accounts)
    return Operator(
        [
            f"operator: {as_operator}",
            f"system_account: {accounts[0][0]}",
            "resolver: MEMORY",
            f"resolver_preload: {{ {preload} }}",
        ],
        jwt,
        f"-----BEGIN NATS USER JWT-----\n{jwt}\n------END NATS USER JWT------\n\n"
        f"-----BEGIN USER NKEY SEED-----\n{seed}\n------END USER NKEY SEED------\n",
    )


def _named(key: Ed25519PrivateKey, kind: int) -> str:
    raw = bytes([kind]) + key.public_key().public_bytes_raw()
    return base64.b32encode(raw + checksum(raw).to_bytes(2, "little")).rstrip(b"=").decode()


def _token(key: Ed25519PrivateKey, issuer: str, subject: str, nats: dict[str, Any]) -> str:
    claims = {
        "jti": subject,
        "iat": int(time.time()),
        "iss": issuer,
        "name": nats["type"],
        "sub": subject,
        "nats": {**nats, "version": 2},
    }
    signed = ".".join(map(_encoded, ({"typ": "JWT", "alg": "ed25519-nkey"}, claims)))
    return f"{signed}.{_base64(key.sign(signed.encode()))}"


def _encoded(fields: dict[str, Any]) -> str:
    return _base64(json.dumps(fields).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
