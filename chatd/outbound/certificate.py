"""The certificate of an https address: how long it is still good."""

from __future__ import annotations

import ssl
from typing import Final
from urllib.parse import urlsplit

import trio

from chatd.clock import now

SECONDS: Final = 5.0
DAY: Final = 86_400.0  # seconds


async def days_left(url: str) -> float:
    """Connects to it. Raises OSError with what is wrong, as a clause."""
    where = urlsplit(url)
    host, port = where.hostname or "", where.port or 443
    context = await trio.to_thread.run_sync(ssl.create_default_context)
    try:
        with trio.fail_after(SECONDS):
            stream = await trio.open_ssl_over_tcp_stream(host, port, ssl_context=context)
            try:
                await stream.do_handshake()
                certificate = stream.getpeercert()
            finally:
                await trio.aclose_forcefully(stream)
    except trio.TooSlowError as error:
        raise OSError(f"no answer within {SECONDS:g} s") from error
    except trio.BrokenResourceError as error:
        cause = error.__cause__
        said = (
            cause.verify_message
            if isinstance(cause, ssl.SSLCertVerificationError)
            else "no TLS is spoken there"
        )
        raise OSError(said) from error
    ends = ssl.cert_time_to_seconds(certificate["notAfter"])
    return (ends - now() / 1000) / DAY
