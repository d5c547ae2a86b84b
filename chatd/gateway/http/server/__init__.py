"""HTTP/1.1 itself: heads, bodies and responses on connections that last, with an ASGI application above."""
