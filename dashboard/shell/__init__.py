"""What surrounds every page: the navigation, the sidebar, and restoring a session."""
