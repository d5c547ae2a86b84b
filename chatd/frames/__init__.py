"""Frames of the protocol as bytes."""
