"""Comparisons of networks: side by side, over seeds, over architectures, over splits."""
