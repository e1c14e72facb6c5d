"""What the data look like before anything learns from them."""
