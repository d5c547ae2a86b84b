"""This process and who runs it: signals, the service manager."""
