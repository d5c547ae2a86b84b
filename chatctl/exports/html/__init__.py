"""Exports as pages that any browser shows, without a server and without scripts."""
