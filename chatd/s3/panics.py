"""Panics of libraries in Rust: they come as no `Exception`, and would end the server for a setting that one
of them cannot take.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def panics_are_errors() -> Iterator[None]:
    """Raises ValueError instead of a panic."""
    try:
        yield
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # it can be imported from nowhere
            raise
        raise ValueError(f"the library broke: {error}") from error
