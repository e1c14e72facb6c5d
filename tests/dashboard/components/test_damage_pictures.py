import base64

import numpy as np

from dashboard.components.damage_pictures import DamagePictures, content_of, size_in_words

IMAGE = np.array([[0, 100, 200], [0, 0, 255]], np.float32)


def bytes_of(picture: dict) -> list[int]:
    return list(base64.b64decode(picture["bytes"]))


def test_the_change_has_a_scale_of_its_own_around_0() -> None:
    damaged = np.array([[20, 100, 190], [0, 0, 255]], np.float32)
    content = content_of(DamagePictures(IMAGE, damaged, 255, "Blur"))
    original, change, after = content["pictures"]
    assert bytes_of(original) == [0, 100, 200, 0, 0, 255]
    assert bytes_of(change) == [254, 127, 64, 127, 127, 127]
    assert bytes_of(after) == [20, 100, 190, 0, 0, 255]
    assert [each["isSigned"] for each in content["pictures"]] == [False, True, False]
    assert (content["limit"], content["shape"]) == ("20", (2, 3))
    rms = np.sqrt(500 / 6)
    assert f"gray levels: at most 20, root mean square {rms:.3g}" in change["caption"]
    assert content["title"] == "Blur; gray levels from 0 to 255"


def test_gray_levels_are_those_of_the_dataset() -> None:
    content = content_of(DamagePictures(IMAGE / 255, IMAGE / 255, 1, "Blur"))
    assert bytes_of(content["pictures"][0]) == [0, 100, 200, 0, 0, 255]
    assert content["limit"] == "1"  # a scale is never empty


def test_no_change_has_no_size() -> None:
    assert size_in_words(np.zeros((2, 2))) == "at most 0, root mean square 0"
