"""Whether images show ink on paper or light on black, by the pixels at their border.

MNIST and its like store ink as large numbers, on a background of zeros; a scan or a photo of
handwriting is the other way round.
"""

from dataclasses import replace

import numpy as np

from data.datasets import Dataset, Features

WHITE = 255  # of a pixel that is a byte
MOSTLY = 0.75  # of the border


def is_dark_on_light(X: Features, image_shape: tuple[int, int]) -> bool:
    """Say whether most pixels at the border are in the upper half of a byte's range.

    Parameters
    ----------
    X : (n_samples, height * width); what is not in bytes has no white, and is never inverted
    """
    if X.dtype != np.uint8:
        return False
    images = X.reshape(-1, *image_shape)
    sides = (images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1])
    border = np.concatenate([side.ravel() for side in sides])
    return bool((border > WHITE / 2).mean() >= MOSTLY)


def inverted(dataset: Dataset) -> Dataset:
    """Return the dataset with each pixel as white - x; inverted again, it is as it was."""
    is_byte = dataset.X.dtype == np.uint8 and dataset.maximum > WHITE / 2
    white = dataset.inverted_from or (float(WHITE) if is_byte else dataset.maximum)
    X = np.subtract(dataset.X.dtype.type(white), dataset.X)
    is_inverted = dataset.inverted_from is None
    return replace(
        dataset,
        X=X,
        maximum=float(np.abs(X).max()) or 1.0,
        unit="ink" if is_inverted else "brightness",
        inverted_from=white if is_inverted else None,
    )
