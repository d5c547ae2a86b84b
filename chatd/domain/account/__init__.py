"""An account: its state, its decisions, its settings."""
