"""Why a node stops by itself, in words for its admin."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from chatd.cluster.divergence import Diverged
from chatd.cluster.errors import STREAM_LOST, ClusterError, TooOld
from chatd.cluster.founding import DIVERGED
from chatd.cluster.heartbeats import SameName
from chatd.cluster.proposal import NotReadable
from chatd.cluster.scrubber import Broken
from chatd.cluster.sequencer import OtherStream, Trimmed
from chatd.concurrency.first_error import first_error


@contextmanager
def ending(folder: Path, leave: Callable[[], None]) -> Iterator[None]:
    """What ends the node in the block is raised as a ClusterError. `leave` says good-bye, unless another
    process goes on with this node's name. `folder`: of the database."""
    problem: str | None = None  # raised at the end: before Python 3.11.4 `except*` wraps what is raised in it
    goes_on = False
    try:
        yield
    except* Trimmed as errors:
        problem = (
            f"this node is behind what the stream still holds: {first_error(errors)}; move its folder away,"
            " and start it with an empty one"
        )
    except* OtherStream as errors:
        problem = (
            f"the stream on the NATS servers is not the one of this cluster any more: {first_error(errors)};"
            f" {STREAM_LOST}"
        )
    except* NotReadable as errors:
        problem = f"this chatd is older than what others write: {first_error(errors)}"
    except* (Diverged, Broken) as errors:
        problem = (
            f"this node's log is not that of the others: {first_error(errors)}; keep its folder for a look,"
            " and start it with an empty one"
        )
        with suppress(OSError):  # a start would serve what is there until it is found again
            (folder / DIVERGED).write_text(problem)
    except* TooOld as errors:
        problem = str(first_error(errors))
    except* SameName as errors:
        problem, goes_on = str(first_error(errors)), True
    if problem is not None:
        if not goes_on:
            leave()
        raise ClusterError(problem)
