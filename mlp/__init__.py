"""A multilayer perceptron in NumPy, to be read like a lecture.

Reading order: activations, losses, initializers, network, backprop, optimizers,
training, gradient_check.
"""
