"""A space: its state, its decisions, moderation."""
