"""The Confusion matrix page, one file a view."""
