"""Handlers: one class for each noun of the contract. They answer what no stream's actor decides alone."""
