"""A look inside a network: what each unit makes of one sample."""
