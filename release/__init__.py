"""What is handed out: the executable, the packages, the list of what is inside. `make dist` runs it."""
