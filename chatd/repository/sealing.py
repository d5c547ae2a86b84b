"""Sealing: backups that only the holders of age keys can read (age-encryption.org/v1).

The server has the recipients' public keys and no more: who takes its disk cannot read its backups. An
object's name is derived from its content with a secret, so that it does not tell what is in it; the secret is
sealed, too.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from chatd.ports import RepositoryError

if TYPE_CHECKING:
    from chatd.repository.age_writing import AgeWriting

RECIPIENTS: Final = 32  # of a backup, at most
IDENTITY_BYTES: Final = 64 * 1024  # more is no file of keys
NEEDS: Final = "encrypted backups need `pip install 'chatd[age]'`"


def name_of(secret: bytes, digest: bytes) -> str:
    """What an object with the content of this SHA-256 is called: 64 hexadecimal digits."""
    return hmac.digest(secret, digest, hashlib.sha256).hex() if secret else digest.hex()


class Seal:
    """Encrypts to all `recipients`: `age1…`, or public keys of SSH. Raises RepositoryError: one is none."""

    def __init__(self, recipients: Sequence[str]) -> None:
        self.recipients = tuple(recipients)
        self._age = _age()
        self._keys = [self._key(recipient) for recipient in recipients]
        self._writing: AgeWriting | None = None
        if not any(recipient.startswith("ssh-") for recipient in recipients):
            from chatd.repository.age_writing import AgeWriting  # loaded only where it is used

            self._writing = AgeWriting(recipients)

    def _key(self, recipient: str) -> Any:
        try:
            if recipient.startswith("ssh-"):
                return self._age.ssh.Recipient.from_str(recipient)
            return self._age.x25519.Recipient.from_str(recipient)
        except Exception as error:  # the library's errors have no common base
            raise RepositoryError(
                f"{recipient[:80]!r} is no recipient; write an age1… or ssh-… public key"
            ) from error

    def seal(self, data: bytes) -> bytes:
        if self._writing is not None:
            return self._writing.encrypt(data)
        return bytes(self._age.encrypt(data, self._keys))

    def seal_file(self, source: IO[bytes], target: IO[bytes]) -> None:
        if self._writing is not None:
            self._writing.encrypt_file(source, target)
        else:
            self._age.encrypt_io(source, target, self._keys)


class Identities:
    """Decrypts with the keys in a file: lines of `AGE-SECRET-KEY-…`, or one private key of SSH. Raises
    RepositoryError."""

    def __init__(self, path: Path) -> None:
        self._age = _age()
        try:
            with path.open("rb") as file:
                text = file.read(IDENTITY_BYTES)
        except OSError as error:
            raise RepositoryError(f"{path} cannot be read: {error.strerror}") from error
        try:
            self._keys = self._parsed(text)
        except Exception as error:
            raise RepositoryError(
                f"{path} holds no key of age that can be used here, such as one without a passphrase"
            ) from error
        if not self._keys:
            raise RepositoryError(f"{path} holds no key of age")

    def _parsed(self, text: bytes) -> list[Any]:
        if text.lstrip().startswith(b"-----BEGIN"):
            return [self._age.ssh.Identity.from_buffer(text)]
        lines = (line.strip() for line in text.decode().splitlines())
        return [self._age.x25519.Identity.from_str(line) for line in lines if line and line[0] != "#"]

    def open(self, data: bytes) -> bytes:
        """Raises RepositoryError."""
        try:
            return bytes(self._age.decrypt(data, self._keys))
        except Exception as error:
            raise RepositoryError(f"the backup cannot be decrypted: {error}") from error

    def open_file(self, source: IO[bytes], target: IO[bytes]) -> None:
        """Raises RepositoryError."""
        try:
            self._age.decrypt_io(source, target, self._keys)
        except Exception as error:
            raise RepositoryError(f"the backup cannot be decrypted: {error}") from error


def _age() -> Any:
    try:
        pyrage = import_module("pyrage")  # it says nothing of its types
    except ModuleNotFoundError as error:
        raise RepositoryError(NEEDS) from error
    return pyrage
