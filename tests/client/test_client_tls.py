"""Servers with certificates: the trusted ones are spoken to, of the others nothing is asked."""

from __future__ import annotations

import ssl
from functools import partial
from pathlib import Path

import pytest
import self_signed
import trio
from fake_server import FakeServer

from chatd.client import Disconnected, Untrusted, connect


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a key and a certificate for 127.0.0.1."""
    certificate, key = self_signed.certificate(tmp_path_factory.mktemp("tls"))
    certificate.write_bytes(key.read_bytes() + certificate.read_bytes())
    return certificate


async def port_of(nursery: trio.Nursery, server: FakeServer, certificate: Path | None) -> int:
    if certificate is None:
        serve = partial(trio.serve_tcp, server.serve_stream, 0, host="127.0.0.1")
    else:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)

        async def encrypted(stream: trio.SSLStream[trio.SocketStream]) -> None:
            try:
                await server.serve_stream(stream)
            except (trio.BrokenResourceError, BaseExceptionGroup):
                await trio.aclose_forcefully(stream)

        serve = partial(trio.serve_ssl_over_tcp, encrypted, 0, context, host="127.0.0.1")
    listeners = await nursery.start(serve)
    listener = listeners[0]
    socket = getattr(listener, "socket", None) or listener.transport_listener.socket
    return int(socket.getsockname()[1])


async def test_a_certificate_that_is_not_trusted_is_said_with_what_to_do(nursery, certificate):
    port = await port_of(nursery, FakeServer(nursery), certificate)
    with pytest.raises(Untrusted, match=r"is not trusted.*SSL_CERT_FILE") as caught:
        async with connect(f"https://127.0.0.1:{port}", "good"):
            pass
    assert caught.value.final
    assert f"https://127.0.0.1:{port}" in str(caught.value)


async def test_a_certificate_that_the_system_trusts_is_enough(nursery, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    port = await port_of(nursery, FakeServer(nursery), certificate)
    async with connect(f"https://127.0.0.1:{port}", "good") as client:
        assert (await client.post("R1", "hello")).seq == 1


async def test_a_server_without_tls_is_said(nursery):
    port = await port_of(nursery, FakeServer(nursery), None)
    with pytest.raises(Disconnected, match=r"does not speak TLS; is it http://|hung up before the handshake"):
        async with connect(f"https://127.0.0.1:{port}", "good"):
            pass
