"""The error in a group of groups of them, as nurseries raise them, that a person is told of."""

from __future__ import annotations


def first_error(error: BaseException) -> BaseException:
    """The first one of a group; what is no group is it itself."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
