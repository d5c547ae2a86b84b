"""The pages of `docs/reference/`, each made by one function from the tables of the code."""
