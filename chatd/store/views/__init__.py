"""The views' file: its tables, and how far each view has followed the log."""
