"""What the current task works at, and for whom."""
