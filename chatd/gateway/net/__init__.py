"""Sockets: the listener, the stream of a connection, the address of a client."""
