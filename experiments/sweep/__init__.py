"""A grid of settings times seeds, with the results in one table."""
