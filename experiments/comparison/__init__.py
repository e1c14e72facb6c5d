"""Networks against each other: at the same time, over seeds, over architectures."""
