"""What chatd encrypts is read by the library of age."""

from __future__ import annotations

import io
import os

import pyrage
import pytest

from chatd.repository.age_writing import CHUNK
from chatd.repository.sealing import Seal


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 5])
def test_each_recipient_reads_it(size: int) -> None:
    identities = [pyrage.x25519.Identity.generate() for _ in range(2)]
    seal, data, sealed = Seal([str(one.to_public()) for one in identities]), os.urandom(size), io.BytesIO()
    seal.seal_file(io.BytesIO(data), sealed)
    for identity in identities:
        assert pyrage.decrypt(seal.seal(data), [identity]) == data
        assert pyrage.decrypt(sealed.getvalue(), [identity]) == data


def test_who_is_no_recipient_reads_nothing() -> None:
    sealed = Seal([str(pyrage.x25519.Identity.generate().to_public())]).seal(b"secret")
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(sealed, [pyrage.x25519.Identity.generate()])


def test_the_same_is_never_encrypted_in_the_same_way() -> None:
    seal = Seal([str(pyrage.x25519.Identity.generate().to_public())])
    assert seal.seal(b"secret") != seal.seal(b"secret")
