"""The One step page, one file a view."""
