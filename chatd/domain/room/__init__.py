"""A room: its state, its decisions, messages, reactions, moderation, slow mode."""
