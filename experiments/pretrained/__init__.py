"""Trained models that come with the project."""
