"""Datasets in, arrays out: load, split, scale."""
