import numpy as np

from dashboard.explore.augmentation import (
    N_VERSIONS,
    augmentation_sentence,
    in_words,
    moderate_strengths,
    versions_of,
)
from data.augmentation import Augmentation, Distortions
from data.scaling import fit_pixel_scaler


def test_the_strengths_are_said_in_words() -> None:
    assert in_words(Distortions(shift=1, zoom=0.1)) == (
        "moved by up to 1 pixel, zoomed by up to 10 %"
    )
    assert in_words(Distortions(1, 7.5, 0.1, 5, 1.38, 4, 0.05, 0.1)).split(", ")[1:] == [
        "rotated by up to 7.5°",
        "zoomed by up to 10 %",
        "sheared by up to 5°",
        "bent by 1.38 pixels in the root mean square",
        "neighbors over 4 pixels alike",
        "noise of 5 % of full ink",
        "a blank rectangle over up to 10 %",
    ]


def test_it_says_whether_augmentation_is_on_and_where_it_is_set() -> None:
    on, off = (augmentation_sentence(Distortions(shift=1), is_on=is_on) for is_on in (True, False))
    assert on.startswith("Each time the network learns from this image, it gets another version")
    assert "stay as they are" in on
    assert off.startswith("Augmentation is off")
    assert all("All settings, Augmentation" in sentence for sentence in (on, off))


def test_moderate_strengths_are_in_proportion_to_the_image() -> None:
    assert moderate_strengths((28, 28))["elastic"] == 1.4
    assert moderate_strengths((8, 8)) == {
        "shift": 0.3,
        "rotation": 7.5,
        "zoom": 0.1,
        "elastic": 0.4,
        "elastic_sigma": 1.1,
    }


def test_versions_differ_from_each_other_and_from_epoch_to_epoch_in_the_unit_of_the_data() -> None:
    recorded = np.zeros(64, np.uint8)
    recorded[27:37] = 16
    scaler = fit_pixel_scaler(recorded[np.newaxis], 16.0)
    augmentation = Augmentation((8, 8), Distortions(shift=1), 16.0, 0, scaler)
    versions = versions_of(augmentation, recorded, 0)
    assert versions.shape == (N_VERSIONS, 64)
    assert len(np.unique(versions, axis=0)) == N_VERSIONS
    assert 8 < versions.max() <= 16
    np.testing.assert_array_equal(versions, versions_of(augmentation, recorded, 0))
    assert (versions != versions_of(augmentation, recorded, 1)).any()
