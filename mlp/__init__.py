"""A multilayer perceptron in NumPy, to be read like a lecture.

Reading order: activations, losses, initializers, network, backprop, matrix_shapes,
optimizers, schedules, samples, records, evaluation, training, early_stopping,
gradient_check, storage, onnx_export, classifier_settings, classifier_inputs, classifier.
"""
