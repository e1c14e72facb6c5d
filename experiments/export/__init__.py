"""A run in files: model, script, notebook, table."""
