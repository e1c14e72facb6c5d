"""What surrounds every page: the sidebar, the way in, and coming back after a reload."""
