"""One run: its data, the run itself, and what is recorded of it."""
