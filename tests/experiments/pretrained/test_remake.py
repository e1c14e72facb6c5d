"""Models are made anew as the presets say, and asked to read what other hands would write."""

from pathlib import Path

import numpy as np
import pytest

from experiments.config import RunConfig
from experiments.export.model_file import load_model
from experiments.pretrained import remake as remaking
from experiments.pretrained.remake import HANDS, enlarged, reached, remake, report

IMAGE = np.zeros((28, 28), np.uint8)
IMAGE[4:24, 12:16] = 255  # an upright bar


def extent(hand: str) -> tuple[int, int]:
    """Return height and width of the ink of the bar."""
    is_ink = HANDS[hand](enlarged(IMAGE)) > 127
    return int(np.ptp(np.flatnonzero(is_ink.any(axis=1)))) + 1, int(
        np.ptp(np.flatnonzero(is_ink.any(axis=0)))
    ) + 1


def side_of_the_top(hand: str) -> float:
    """Return how far right of the middle of the lower half the ink of the upper half is."""
    upper, lower = np.array_split(HANDS[hand](enlarged(IMAGE)) > 127, 2)
    return np.nonzero(upper)[1].mean() - np.nonzero(lower)[1].mean()


def test_hands_do_to_a_bar_what_they_are_called() -> None:
    assert extent("as they are") == (80, 16)
    assert extent("a thin pen") == (74, 10)
    assert extent("a thick pen") == (90, 26)
    assert extent("narrow") == (80, pytest.approx(9.6, abs=1))
    assert extent("wide") == (80, pytest.approx(20.8, abs=1.5))
    lean = 40 * np.tan(np.radians(20))  # between the middles of both halves
    for to_the_right in ("rotated 20° to the right", "leaning 20° to the right"):
        assert side_of_the_top(to_the_right) == pytest.approx(lean, abs=1.5)
        to_the_left = to_the_right.replace("right", "left")
        assert side_of_the_top(to_the_left) == pytest.approx(-lean, abs=1.5)


def test_a_model_is_trained_written_and_asked(tmp_path: Path) -> None:
    file = tmp_path / "model.safetensors"
    config = RunConfig(epochs=1, hidden_layers=(4,))
    model = remake(config, "Small", file)
    assert (model.config, model.name) == (config, "Small")
    assert load_model(file).checkpoint is None
    shares = dict(reached(model, [IMAGE, IMAGE], np.array([1, 1])))
    assert shares.keys() == HANDS.keys()
    assert set(shares.values()) <= {0.0, 100.0}
    lines = list(report(model, [IMAGE], np.array([1])))
    assert lines[0].startswith("Small: 64-4-10, 1 epochs, ")
    assert [line.split()[0] for line in lines[1:3]] == ["validation", "test"]
    assert len(lines) == 3 + len(HANDS)


def test_an_unknown_model_is_answered_before_anything_is_trained(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remaking, "load", None)
    with pytest.raises(SystemExit, match="2"):
        remaking.main(["letters"])
    assert "There is no pretrained model 'letters'" in capsys.readouterr().err
