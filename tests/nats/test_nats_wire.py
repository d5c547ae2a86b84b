"""The protocol as bytes, and the keys: whatever way bytes come, the same operations come out."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatd.nats import wire
from chatd.nats.credentials import (
    CredentialsError,
    new_seed,
    private_key,
    public_key,
    read_file,
)
from chatd.nats.wire import Err, Info, Msg, Parser, Ping, Pong, ProtocolError

STREAM = (
    b'INFO {"server_name":"s","version":"2.15.1","max_payload":8388608,"headers":true,"unknown":1}\r\n'
    b"PING\r\n+OK\r\nMSG a.b 7 5\r\nhello\r\nMSG a.b 7 _INBOX.1 0\r\n\r\npong\r\n"
    b"HMSG a.b 8 r 39 41\r\nNATS/1.0 503 No Responders\r\nKey:  v\r\n\r\nab\r\n"
    b"-ERR 'Authorization Violation'\r\n"
)
OPS = [
    Info("s", "2.15.1", 8388608, True),
    Ping(),
    Msg("a.b", 7, "", b"hello"),
    Msg("a.b", 7, "_INBOX.1", b""),
    Pong(),
    Msg("a.b", 8, "r", b"ab", {"Key": "v"}, 503, "No Responders"),
    Err("Authorization Violation"),
]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_operations_come_out_whole_however_the_bytes_come(size: int) -> None:
    parser = Parser()
    pieces = [STREAM[at : at + size] for at in range(0, len(STREAM), size)]
    assert [op for piece in pieces for op in parser.feed(piece)] == OPS


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 400 Bad Request\r\n",
        b"MSG a.b x 5\r\n",
        b"MSG a.b 1 -5\r\n",
        b"MSG a.b 1 99999999999\r\n",
        b"HMSG a.b 1 9 5\r\n",
        b"MSG a.b 1 1\r\nabc\r\n",
        b"INFO nothing\r\n",
        b"x" * (wire.LONGEST_LINE + 1),
    ],
)
def test_what_is_not_the_protocol_is_refused_and_kept_nowhere(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        list(Parser().feed(data))


def test_a_published_message_with_headers_comes_back_as_it_was() -> None:
    line, _, rest = wire.publish("a", b"data", "r", wire.headers({"Nats-Msg-Id": "1"})).partition(b"\r\n")
    _, subject, reply, head, size = line.split()
    [msg] = Parser().feed(b"HMSG %s 1 %s %s %s\r\n%s" % (subject, reply, head, size, rest))
    assert msg == Msg("a", 1, "r", b"data", {"Nats-Msg-Id": "1"})


def test_an_nkey_is_read_from_its_seed_and_a_mistyped_one_is_refused() -> None:
    seed = new_seed()
    assert seed.startswith("SU")
    assert public_key(private_key(seed)).startswith("U")
    wrong = seed[:20] + ("A" if seed[20] != "A" else "B") + seed[21:]
    for text in (wrong, "", "UABC", seed[:-8]):
        with pytest.raises(CredentialsError):
            private_key(text)


def test_a_file_of_credentials_holds_a_token_and_a_seed(tmp_path: Path) -> None:
    seed, path = new_seed(), tmp_path / "node.creds"
    path.write_text(
        f"-----BEGIN NATS USER JWT-----\nabc.def.ghi\n------END NATS USER JWT------\n\n"
        f"-----BEGIN USER NKEY SEED-----\n{seed}\n------END USER NKEY SEED------\n"
    )
    found = read_file(path)
    assert (found.jwt, found.seed) == ("abc.def.ghi", seed)
    path.write_text(f"# of node 1\n{seed}\n")
    assert read_file(path).seed == seed
    path.write_text("nothing\nof use\n")
    with pytest.raises(CredentialsError, match="neither credentials"):
        read_file(path)
