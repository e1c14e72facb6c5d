"""The Inside page, one file a view."""
