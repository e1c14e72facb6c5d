"""The Train page, one file a view."""
