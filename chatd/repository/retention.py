"""Forgets backups of a repository, and takes away what went with them."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext

from msgspec import Struct

from chatd.domain.backup_rule import Rule
from chatd.repository import manifest as manifests
from chatd.repository.manifest import FILES, PIECES, manifest_name
from chatd.repository.shelf import Shelf, locked


class Pruned(Struct, frozen=True):
    """Ids, and how many objects, of how many bytes, only the forgotten ones needed."""

    kept: list[str]
    forgotten: list[str]
    objects: int
    bytes: int


def prune(shelf: Shelf, rule: Rule, dry_run: bool = False) -> Pruned:
    """Forgets what the rule does not keep, and takes away what no backup needs. Raises RepositoryError.

    The manifests go first: a prune that is killed leaves no backup that lacks something."""
    with nullcontext() if dry_run else locked(shelf):
        all_ = list(manifests.manifests(shelf))
        kept = rule.kept([(manifest.id, manifest.made_at) for manifest in all_])
        forgotten = [manifest.id for manifest in all_ if manifest.id not in kept]
        needed = set(_objects(manifest for manifest in all_ if manifest.id in kept))
        if not dry_run:
            for id_ in forgotten:
                shelf.delete(manifest_name(id_))
        count = size = 0
        for folder in (PIECES, FILES):
            for entry in shelf.list(folder):
                if entry.name not in needed:
                    count, size = count + 1, size + entry.size
                    if not dry_run:
                        shelf.delete(entry.name)
    return Pruned(sorted(kept), forgotten, count, size)


def _objects(kept: Iterable[manifests.Manifest]) -> Iterable[str]:
    for manifest in kept:
        yield from manifest.objects()
