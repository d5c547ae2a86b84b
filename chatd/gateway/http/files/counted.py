"""Counts the uploads that fail, whatever refuses them; those that become files are counted by the intake."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from chatd.gateway.http.files.answers import Problem
from chatd.gateway.http.files.body import BodyCutOff
from chatd.ports import BlobsFull, BlobsUnavailable, StoreUnavailable
from chatd.ports.file_counts import CUT_OFF, FULL, FileCounts


@contextmanager
def counted(counts: FileCounts) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        counts.uploads[_outcome(error)] += 1
        raise


def _outcome(error: Exception) -> str:
    match error:
        case Problem():
            return error.refusal.code
        case BlobsFull():
            return FULL
        case BodyCutOff():
            return CUT_OFF
        case BlobsUnavailable() | StoreUnavailable():
            return "unavailable"
    return "internal"
