"""Trained models that come with the project, so that a drawing can be read without training.

Each has learned from distorted images, for hands other than those in its dataset, and reads
drawings that were made into samples by the steps of `data.drawing.PREPARATIONS`. Its settings are
those of the preset with its name. `python -m experiments.pretrained.remake` trains them anew.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from experiments.export.model_file import SavedModel, load_model
from mlp.network import look_up


@dataclass(frozen=True)
class Pretrained:
    """What is known of a trained model before it is loaded.

    Attributes
    ----------
    name : that of its preset, too
    title : how it is called on the screen
    trained_on : what it has learned from, in a sentence
    dataset : the name of that, and of the way from a drawing to a sample
    """

    name: str
    title: str
    trained_on: str
    dataset: str

    @property
    def file(self) -> Path:
        """The model file, beside this one."""
        return Path(__file__).with_name(f"{self.name}.safetensors")


PRETRAINED: dict[str, Pretrained] = {
    each.name: each
    for each in (
        Pretrained(
            "mnist-drawn",
            "MNIST, for drawings",
            "Trained on 50,000 images of MNIST, distorted anew in each epoch.",
            "mnist",
        ),
        Pretrained(
            "digits-drawn",
            "Digits, for drawings",
            "Trained on 1,437 digits of 8 × 8 pixels, distorted anew in each epoch.",
            "digits",
        ),
    )
}
"""By their names."""


@cache
def load_pretrained(name: str) -> SavedModel:
    """Return a trained model, the same object each time; its parameters are read-only.

    Raises
    ------
    ValueError : with the names there are, if there is none of that name
    ModelFileError : if its file is missing or damaged
    """
    model = load_model(look_up("pretrained model", name, PRETRAINED).file)
    model.network.parameters.setflags(write=False)
    return model
