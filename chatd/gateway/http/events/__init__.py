"""The session as server-sent events."""
