"""The pure heart: commands in, events or a refusal out. No I/O, no clock, no trio."""
