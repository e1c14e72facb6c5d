"""A grid of settings and seeds, trained in parallel, with the results in one table."""
