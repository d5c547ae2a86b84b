"""The contract: every request, result, row, event, signal and refusal, typed, in one table each."""
