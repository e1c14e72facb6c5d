"""Measurements; the tests hold what is right, these say how quick it is."""
