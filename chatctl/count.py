"""Counts in sentences: `1 message`, `2 messages`."""

from __future__ import annotations


def counted(count: int, noun: str) -> str:
    """`noun` is singular."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
