"""Waiting, waking, taking turns: what trio does not bring."""
