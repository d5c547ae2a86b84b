"""What S3 services answer when something is wrong becomes one line, without addresses and XML."""

from __future__ import annotations

from collections.abc import Iterator

import obstore
import pytest
from loopback import Answering, Loopback
from obstore.exceptions import BaseError
from s3_server import KEY, SECRET, s3_server

from chatd.files.bucket import bucket
from chatd.ports import RepositoryError
from chatd.repository.shelf import open_shelf
from chatd.s3.answers import in_words


class Service(Answering):
    status, said = 200, b""

    def do_GET(self) -> None:
        self.answer(self.status, self.said, {"Content-Type": "application/xml"})

    do_PUT = do_GET


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with Loopback(Service) as server:
        yield server.port


def failure(port: int) -> str:
    store = bucket(
        endpoint=f"http://127.0.0.1:{port}", name="b", prefix="", region="x", key_id=KEY, secret=SECRET
    )
    said = set()
    for ask in (lambda: list(obstore.list(store)), lambda: obstore.put(store, "name", b"bytes")):
        with pytest.raises((BaseError, OSError)) as found:
            ask()
        said.add(in_words(found.value))
    [line] = said
    return line


KEYS = "; look at the keys, and at what they are allowed to do"


@pytest.mark.parametrize(
    ("status", "body", "line"),
    [
        (403, "<Error><Code>AccessDenied</Code><Message>No &amp; no.</Message></Error>", f": No & no{KEYS}"),
        (403, '<?xml version="1.0"?>\n<Error><Code>InvalidAccessKeyId</Code></Error>', KEYS),
        (400, "<html><body>What is this?</body></html>", "400 Bad Request"),
        (400, "<Error><Code>Odd</Code><Message>two\nlines</Message></Error>", ": two lines"),
        (301, "<Error><Code>PermanentRedirect</Code></Error>", "; look at the region and the endpoint"),
    ],
)
def test_an_answer_is_one_line(
    port: int, monkeypatch: pytest.MonkeyPatch, status: int, body: str, line: str
) -> None:
    monkeypatch.setattr(Service, "status", status)
    monkeypatch.setattr(Service, "said", body.encode())
    said = failure(port)
    assert said.endswith(line)
    assert not set("<>\n") & set(said)
    assert "http" not in said


def test_who_does_not_answer_is_named() -> None:
    with Loopback(Service) as server:
        pass
    assert failure(server.port) == f"127.0.0.1:{server.port} cannot be reached: Connection refused"


def test_a_repository_says_what_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with s3_server() as s3:
        s3.make_bucket("backups")
        monkeypatch.setenv("AWS_ENDPOINT_URL", s3.url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        with pytest.raises(RepositoryError, match=r"lacks what a backup needs: chat/pieces/1f$"):
            open_shelf("s3://backups/chat").read("pieces/1f")
        with pytest.raises(RepositoryError, match=r"NoSuchBucket .*; make the bucket, or look at its name$"):
            open_shelf("s3://elsewhere/chat").read("pieces/1f")


def test_keys_that_nobody_has_given_are_said() -> None:
    asked = OSError(
        "Generic S3 error: Error performing PUT http://169.254.169.254/latest/api/token in 2 ms - Server"
        " returned non-2xx status code: 403 Forbidden: no"
    )
    assert in_words(asked) == "no keys are given, and this is no machine of AWS that has some"
