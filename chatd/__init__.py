"""chatd: team chat in one process. Start reading at `chatd.app`."""

__version__ = "0.1.0"
