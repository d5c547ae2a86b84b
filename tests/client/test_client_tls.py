"""Servers with certificates: the trusted ones are spoken to, of the others nothing is asked."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from functools import partial
from ipaddress import ip_address
from pathlib import Path

import pytest
import trio
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from fake_server import FakeServer

from chatd.client import Disconnected, Untrusted, connect


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a key and a certificate for 127.0.0.1, which only itself vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


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
