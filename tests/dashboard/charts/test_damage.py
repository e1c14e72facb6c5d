import numpy as np

from dashboard.charts.damage import damage_figure, size_in_words

IMAGE = np.array([[0, 100, 200], [0, 0, 255]], np.float32)


def test_the_change_is_said_in_gray_levels_and_has_a_scale_around_0() -> None:
    damaged = np.clip(IMAGE + np.float32(20), 0, 255)
    figure = damage_figure(IMAGE, damaged, maximum=255, title="Blur")
    assert [trace.coloraxis for trace in figure.data] == ["coloraxis", "coloraxis2", "coloraxis"]
    np.testing.assert_array_equal(figure.data[1].z, damaged - IMAGE)
    assert (figure.layout.coloraxis2.cmin, figure.layout.coloraxis2.cmax) == (-20, 20)
    assert (figure.layout.coloraxis.cmin, figure.layout.coloraxis.cmax) == (0, 255)
    rms = np.sqrt(5 * 400 / 6)
    assert f"max 20, root mean square {rms:.3g}" in figure.layout.annotations[1].text


def test_images_stand_beside_each_other() -> None:
    figure = damage_figure(IMAGE, IMAGE, maximum=255, title="Blur")
    assert [trace.x0 for trace in figure.data] == [0, 4, 8]
    assert figure.layout.coloraxis2.cmax == 1  # a scale is never empty


def test_no_change_has_no_size() -> None:
    assert size_in_words(np.zeros((2, 2))) == "max 0, root mean square 0"
