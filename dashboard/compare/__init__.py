"""The page that compares networks, one file a view."""
