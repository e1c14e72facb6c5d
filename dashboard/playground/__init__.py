"""The views of the Playground page."""
