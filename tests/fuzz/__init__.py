"""Inputs that nobody sends by mistake: made from what is valid, then broken, for as long as the budget lasts.

`make fuzz` gives each target many inputs, the gate gives it some seconds (`budget.py`).
"""
