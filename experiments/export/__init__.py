"""What a run is exported as: a model file, a script, a notebook, a CSV table or a link."""
