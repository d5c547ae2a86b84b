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
    try:
        yield
    except* Trimmed as errors:
        leave()
        raise ClusterError(
            f"this node is behind what the stream still holds: {first_error(errors)}; move its folder away,"
            " and start it with an empty one"
        ) from None
    except* OtherStream as errors:
        leave()
        raise ClusterError(
            f"the stream on the NATS servers is not the one of this cluster any more: {first_error(errors)};"
            f" {STREAM_LOST}"
        ) from None
    except* NotReadable as errors:
        leave()
        raise ClusterError(f"this chatd is older than what others write: {first_error(errors)}") from None
    except* (Diverged, Broken) as errors:
        leave()
        problem = (
            f"this node's log is not that of the others: {first_error(errors)}; keep its folder for a look,"
            " and start it with an empty one"
        )
        with suppress(OSError):  # a start would serve what is there until it is found again
            (folder / DIVERGED).write_text(problem)
        raise ClusterError(problem) from None
    except* TooOld as errors:
        leave()
        raise ClusterError(str(first_error(errors))) from None
    except* SameName as errors:
        raise ClusterError(str(first_error(errors))) from None
