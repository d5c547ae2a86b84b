"""The session actor: one live connection."""
