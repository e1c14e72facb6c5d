"""A multilayer perceptron in NumPy, to be read like a lecture.

Reading order: activations, losses, initializers, network, backprop, optimizers,
schedules, training, stopping, gradient_check, storage, onnx_export, classifier.
"""
