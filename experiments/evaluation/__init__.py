"""What a network predicts, and how good its predictions are."""
