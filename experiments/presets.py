"""Presets: configs with a name, each with the reason it is worth a look.

Most of them are the published programs that taught many people how a perceptron learns,
with their own settings translated into this project's conventions: the loss is a mean
over samples, penalties are given per weight, the learning rate is that of the gradient
of the reported loss. All begin with seed 0: none was chosen by what comes of it.
"""

from dataclasses import dataclass
from typing import Any

from experiments.config import RunConfig
from mlp.network import look_up

MNIST_TRAINING = 60_000
WHOLE_TRAINING_PART: dict[str, Any] = {
    "dataset": "mnist",
    "validation_fraction": 0.0,
}  # all 60,000 of MNIST


@dataclass(frozen=True)
class Preset:
    """A config with a name.

    Attributes
    ----------
    name : how it is called in a link and on the command line
    title : how it is called on the screen
    why : what makes it interesting, in a sentence
    config : decides all of it
    original_accuracy : what the published program reaches, in percent, on the part named
        by `judged_on`, measured with its own code; None where there is no program
    publication : the kind of publication that `original_accuracy` is quoted from, where it
        was not measured; else empty
    original_seconds : what an epoch takes it on two cores; None if that is not known
    judged_on : "test"; "validation" where the published figure is that; or "training" where
        nothing is held out
    n_seeds : how many runs, with this seed and the next, it takes to say how well it does
    """

    name: str
    title: str
    why: str
    config: RunConfig
    original_accuracy: float | None = None
    publication: str = ""
    original_seconds: float | None = None
    judged_on: str = "test"
    n_seeds: int = 1


SIGMOID_NEURONS: dict[str, Any] = WHOLE_TRAINING_PART | {
    "hidden_layers": (30,),
    "activation": "sigmoid",
    "output": "sigmoid",
    "loss": "binary-cross-entropy",
    "optimizer": "sgd",
    "learning_rate": 0.5,
    "batch_size": 10,
    "epochs": 30,
    "weight_init": "lecun",
    "bias_init": "unit-normal",
}

PLAIN_DESCENT: dict[str, Any] = {
    "optimizer": "sgd",
    "learning_rate": 0.1,
    "full_batch": True,
    "epochs": 1000,
    "weight_init": "normal",
    "scaling": "z-score",
    "validation_fraction": 0.0,
    "test_fraction": 0.0,
}


PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset(
            "digits",
            "Digits, 32 hidden units",
            "The defaults: a small network that reads 97 of 100 digits after a few seconds.",
            RunConfig(),
        ),
        Preset(
            "slp-digits",
            "Digits, single layer, nothing held out",
            "One layer, no hidden units, and already 98 %, but of images it has learned from.",
            RunConfig(**PLAIN_DESCENT, hidden_layers=()),
            original_accuracy=98.0,
            original_seconds=0.0049,
            judged_on="training",
        ),
        Preset(
            "mlp-digits",
            "Digits, 32 hidden units, nothing held out",
            "The same with 32 hidden units. Training accuracy says nothing about new images.",
            RunConfig(**PLAIN_DESCENT, hidden_layers=(32,)),
            original_accuracy=99.4,
            original_seconds=0.0108,
            judged_on="training",
        ),
        Preset(
            "slp-digits-global",
            "Digits, single layer, global z-score",
            "The last version of it: one mean and one deviation over all pixels, not one for each.",
            RunConfig(**PLAIN_DESCENT | {"hidden_layers": (), "scaling": "z-score-global"}),
            original_accuracy=97.94,
            judged_on="training",
        ),
        Preset(
            "slp-digits-held-out",
            "Digits, single layer, tested",
            "The single layer, asked about images it has never seen.",
            RunConfig(**PLAIN_DESCENT | {"hidden_layers": (), "test_fraction": 0.2}),
            original_accuracy=96.6,
            original_seconds=0.0049,
            n_seeds=10,
        ),
        Preset(
            "mlp-digits-held-out",
            "Digits, 32 hidden units, tested",
            "The hidden layer, asked about new images: hardly better than without. Compare!",
            RunConfig(**PLAIN_DESCENT | {"hidden_layers": (32,), "test_fraction": 0.2}),
            original_accuracy=97.3,
            original_seconds=0.0108,
            n_seeds=10,
        ),
        Preset(
            "sigmoid-l2",
            "MNIST, 30 sigmoid units, L2 (Nielsen, ch. 3)",
            "Sigmoid neurons with cross-entropy, kept small by L2: the textbook network.",
            # Steps of 0.5 with batches of 10 never come to rest: the last epochs of ten seeds lie
            # between 95.4 and 96.3 on the test part, all below the one run of the original.
            RunConfig(**SIGMOID_NEURONS, l2=5 / MNIST_TRAINING),
            original_accuracy=96.35,
            original_seconds=1.86,
            n_seeds=3,
        ),
        Preset(
            "sigmoid-l1",
            "MNIST, 30 sigmoid units, L1",
            "L1 instead: it pulls many weights to 0, so that many pixels no longer count.",
            RunConfig(**SIGMOID_NEURONS | {"l1": 5 / MNIST_TRAINING, "epochs": 10}),
            original_accuracy=95.92,
            original_seconds=1.86,
            n_seeds=3,
        ),
        Preset(
            "softmax-log-likelihood",
            "MNIST, 30 sigmoid units, softmax",
            "The same network asked for probabilities that add up to 1.",
            RunConfig(
                **SIGMOID_NEURONS
                | {
                    "l2": 5 / MNIST_TRAINING,
                    "output": "softmax",
                    "loss": "cross-entropy",
                }
            ),
            original_seconds=1.86,
            n_seeds=3,
        ),
        Preset(
            "digit-classifier",
            "MNIST, 30 relu units, 100 epochs",
            "Relu and softmax with a small learning rate: slow, steady, 100 epochs.",
            RunConfig(
                dataset="mnist",
                hidden_layers=(30,),
                optimizer="sgd",
                learning_rate=0.01,
                batch_size=16,
                epochs=100,
                weight_init="lecun",
                bias_init="unit-normal",
            ),
            original_accuracy=96.25,
            original_seconds=1.81,
        ),
        Preset(
            "digit-classifier-2018",
            "MNIST, 3 and 4 sigmoid units: too few",
            "Three and four sigmoid units between 784 pixels and 10 digits: too narrow to learn.",
            RunConfig(
                dataset="mnist",
                hidden_layers=(3, 4),
                activation="sigmoid",
                output="sigmoid",
                loss="mse",
                optimizer="sgd",
                learning_rate=0.05,  # 0.01 on half the sum over outputs
                batch_size=16,
                epochs=10,
                weight_init="unit-normal",
                bias_init="unit-normal",
            ),
            original_accuracy=15.9,
        ),
        Preset(
            "four-layer-mse",
            "MNIST, 64-32-16 units, squared error",
            # This original and the next draw a curve of the test part while they train. Here that
            # part is kept for the end, and all other rows are for training, as they are there.
            "Squared error through four sigmoid layers, on all 60,000: no held-out curve is left.",
            RunConfig(
                **WHOLE_TRAINING_PART,
                hidden_layers=(64, 32, 16),
                activation="sigmoid",
                output="sigmoid",
                loss="mse",
                optimizer="sgd",
                learning_rate=5.0,  # 0.01 on a sum over 100 samples and 10 outputs, halved
                batch_size=100,
                epochs=30,
                shuffle=False,
                weight_init="unit-normal",
            ),
            original_accuracy=92.85,
            original_seconds=0.35,
            n_seeds=3,
        ),
        Preset(
            "one-hidden-mse",
            "MNIST, 50 sigmoid units, full batch",
            "A thousand full-batch steps on all 60,000 images: no held-out curve is left.",
            RunConfig(
                **WHOLE_TRAINING_PART,
                hidden_layers=(50,),
                activation="sigmoid",
                output="sigmoid",
                loss="mse",
                optimizer="sgd",
                learning_rate=5.0,  # 0.5 on a sum over 10 outputs
                full_batch=True,
                epochs=1000,
                weight_init="normal",
            ),
            original_accuracy=90.51,
            original_seconds=0.29,
        ),
        Preset(
            "mnist-adam",
            "MNIST, 128 relu units, Adam",
            "What one would do today: 128 relu units, Adam, and a falling learning rate.",
            RunConfig(
                dataset="mnist",
                hidden_layers=(128,),
                learning_rate=0.002,
                batch_size=128,
                epochs=10,
                schedule="cosine",
            ),
        ),
        Preset(
            "nielsen-100",
            "MNIST, 100 sigmoid units (Nielsen, ch. 3)",
            "A hundred sigmoid units, cross-entropy and L2, as in the book: nearly 98 %.",
            # There, too, unscaled initial weights, and the accuracy on validation data.
            RunConfig(
                **SIGMOID_NEURONS
                | {
                    "hidden_layers": (100,),
                    "epochs": 60,
                    "learning_rate": 0.1,
                    "weight_init": "unit-normal",
                    "l2": 5 / 50_000,
                    "validation_fraction": 1 / 7,
                }
            ),
            original_accuracy=98.04,
            publication="book",
            judged_on="validation",
            n_seeds=3,
        ),
        Preset(
            "fashion-relu-100",
            "Fashion-MNIST, 100 relu units",
            "Clothing instead of digits: the same network makes six times as many mistakes.",
            RunConfig(
                dataset="fashion-mnist",
                validation_fraction=0.0,
                hidden_layers=(100,),
                learning_rate=0.001,
                batch_size=128,
                epochs=15,
            ),
            original_accuracy=87.1,
            publication="paper",
        ),
        Preset(
            "simard-800",
            "MNIST, 800 relu units, distorted (Simard)",
            "Images distorted anew in each epoch: a plain network, and 6 errors in 1,000.",
            # There, sigmoid-like units, a cross-entropy per output and a rate that falls in steps;
            # also elastic 1.38 with sigma 4. Smoother was better on a validation part of 10,000.
            # With the strengths chosen, nothing is held out but the test part.
            RunConfig(
                **WHOLE_TRAINING_PART,
                hidden_layers=(800,),
                learning_rate=0.001,
                batch_size=128,
                epochs=110,
                schedule="cosine",
                shift=1.0,
                rotation=12.5,
                zoom=0.15,
                elastic=1.1,
                elastic_sigma=5.5,
            ),
            original_accuracy=99.3,
            publication="paper",
            n_seeds=3,
        ),
        Preset(
            "srivastava",
            "MNIST, 3 × 1,024 relu units, dropout",
            "Dropout and max-norm keep three million weights from learning the images by heart.",
            # There, inputs are dropped as well, and training takes many more epochs: these are as
            # many as ten minutes of two cores that do other things as well have room for.
            RunConfig(
                **WHOLE_TRAINING_PART,
                hidden_layers=(1024, 1024, 1024),
                learning_rate=0.001,
                batch_size=128,
                epochs=35,
                schedule="cosine",
                dropout=0.5,
                max_norm=2.0,
            ),
            original_accuracy=98.94,
            publication="paper",
        ),
        Preset(
            "digits-drawn",
            "Digits, for drawings",
            "For hands other than the data set's: what Draw reads digits of 8 × 8 with at first.",
            # Strengths chosen by training images of MNIST, made into digits of 8 x 8. In the random
            # split, all writers are among those it learns from: as many hands as there are.
            RunConfig(
                hidden_layers=(128, 64),
                learning_rate=0.004,
                epochs=200,
                schedule="cosine",
                dropout=0.2,
                l2=0.0003,
                rotation=10.0,
                zoom=0.15,
                shear=10.0,
                elastic=0.4,
                elastic_sigma=2.0,
                validation_fraction=0.1,
                test_fraction=0.1,
            ),
        ),
        Preset(
            "mnist-drawn",
            "MNIST, for drawings",
            "For hands other than the data set's: what Draw reads digits of 28 × 28 with at first.",
            # Strengths chosen by its validation part, made thin, thick, narrow, wide and leaning.
            RunConfig(
                dataset="mnist",
                hidden_layers=(128, 96),
                learning_rate=0.002,
                batch_size=128,
                epochs=80,
                schedule="cosine",
                rotation=20.0,
                zoom=0.25,
                shear=20.0,
                elastic=1.2,
                elastic_sigma=5.5,
            ),
        ),
    )
}


def preset(name: str) -> Preset:
    """Return the preset of that name.

    Raises
    ------
    ValueError : with the names there are, if there is none
    """
    return look_up("preset", name, PRESETS)
