"""The Explore page, one file a view."""
