"""One run: described by a config, executed step by step, recorded as it goes."""
