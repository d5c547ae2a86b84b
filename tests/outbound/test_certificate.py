"""How long a certificate is good, and what is said of one that is not."""

from __future__ import annotations

import contextlib
import ssl
from functools import partial
from pathlib import Path

import pytest
import trio
from self_signed import certificate as certificate_of_itself

from chatd.outbound import certificate


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made, key = certificate_of_itself(tmp_path_factory.mktemp("tls"), days=10)
    made.write_bytes(made.read_bytes() + key.read_bytes())
    return made


async def asked(pem: Path | None, answers: bool = True) -> float:
    """Of a server with this certificate; without one it speaks no TLS."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    if pem is not None:
        context.load_cert_chain(pem)

    async def serve(stream: trio.SocketStream) -> None:
        if not answers:
            await trio.sleep_forever()
        elif pem is None:
            await stream.send_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        else:
            with contextlib.suppress(trio.BrokenResourceError):
                await trio.SSLStream(stream, context, server_side=True).do_handshake()

    async with trio.open_nursery() as nursery:
        [listener] = await nursery.start(partial(trio.serve_tcp, serve, 0, host="127.0.0.1"))
        port = listener.socket.getsockname()[1]
        try:
            return await certificate.days_left(f"https://127.0.0.1:{port}")
        finally:
            nursery.cancel_scope.cancel()


def error_of(group: pytest.ExceptionInfo[BaseException]) -> str:
    error: BaseException = group.value
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    assert isinstance(error, OSError)
    return str(error)


async def test_the_days_are_counted(pem: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    assert 9.9 < await asked(pem) < 10.1


async def test_a_certificate_that_nobody_vouches_for_is_named(pem: Path) -> None:
    with pytest.raises((OSError, ExceptionGroup)) as caught:
        await asked(pem)
    assert "self-signed" in error_of(caught) or "self signed" in error_of(caught)


async def test_who_speaks_no_tls_or_says_nothing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises((OSError, ExceptionGroup)) as caught:
        await asked(None)
    assert error_of(caught) == "no TLS is spoken there"
    monkeypatch.setattr(certificate, "SECONDS", 0.2)
    with pytest.raises((OSError, ExceptionGroup)) as caught:
        await asked(None, answers=False)
    assert error_of(caught) == "no answer within 0.2 s"
