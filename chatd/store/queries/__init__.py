"""Queries, one module for each noun, each one consistent look at the database."""
