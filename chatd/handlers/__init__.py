"""Handlers: one module for each noun of the contract. They answer what no stream decides alone."""
