"""Plain HTTP: pages, health, metrics."""
