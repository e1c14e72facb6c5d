"""The datasets as they are loaded."""

import threading
import time
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits

from data import datasets, download
from data.datasets import DATASETS, FASHION, load, load_points
from data.idx import read_idx
from data.split import SPLITS
from experiments.config import RunConfig


def test_the_embedded_digits_are_those_of_scikit_learn() -> None:
    theirs, ours = load_digits(), load("digits")
    np.testing.assert_array_equal(ours.X, theirs.data)
    np.testing.assert_array_equal(ours.labels, theirs.target)
    assert ours.class_names == tuple(str(name) for name in theirs.target_names)


def test_a_dataset_is_what_it_says(dataset_name: str) -> None:
    dataset = load(dataset_name)
    assert dataset.name == dataset_name
    assert dataset.title == DATASETS[dataset_name].title
    assert dataset.X.shape == (dataset.n_samples, dataset.n_features)
    assert np.abs(dataset.X[:1000]).max() <= dataset.maximum
    assert dataset.known_maximum == (dataset.maximum if dataset.image_shape else None)
    assert set(dataset.labels) == set(range(dataset.n_classes))


def test_pixels_are_bytes_and_points_have_no_shape(dataset_name: str) -> None:
    dataset = load(dataset_name)
    if dataset.image_shape:
        assert dataset.X.dtype == np.uint8
        assert dataset.n_features == np.prod(dataset.image_shape)
    else:
        assert dataset.X.dtype == np.float32
        assert dataset.X.shape == (600, 2)
        assert dataset.maximum == np.abs(dataset.X).max()


def test_the_usual_split_of_a_dataset_is_possible(dataset_name: str) -> None:
    config, labels = RunConfig(dataset=dataset_name), load(dataset_name).labels
    split = SPLITS[config.split](
        labels,
        validation_fraction=config.validation_fraction,
        test_fraction=config.test_fraction,
        rng=np.random.default_rng(0),
    )
    assert min(len(part) for part in split) > 0


def test_all_callers_share_one_read_only_copy(dataset_name: str) -> None:
    assert load(dataset_name) is load(dataset_name)
    with pytest.raises(ValueError, match="read-only"):
        load(dataset_name).X[0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        load(dataset_name).labels[0] = 1


def test_the_last_rows_of_an_idx_dataset_are_its_official_test_part(idx_dataset_name: str) -> None:
    dataset, config = load(idx_dataset_name), RunConfig(dataset=idx_dataset_name)
    assert dataset.X.shape == (70_000, 784)
    split = SPLITS[config.split](
        dataset.labels,
        validation_fraction=config.validation_fraction,
        test_fraction=config.test_fraction,
        rng=np.random.default_rng(0),
    )
    assert [len(part) for part in split] == [50_000, 10_000, 10_000]
    first_training, first_test = {
        "mnist": ([5, 0, 4, 1, 9], [7, 2, 1, 0, 4]),
        "fashion-mnist": ([9, 0, 0, 3, 0], [9, 2, 1, 1, 6]),
    }[idx_dataset_name]
    assert dataset.labels[split.training[:5]].tolist() == first_training
    assert dataset.labels[split.test[:5]].tolist() == first_test
    test_images = read_idx(download.folder_of(idx_dataset_name) / download.FILES[2])
    np.testing.assert_array_equal(dataset.X[split.test], test_images.reshape(10_000, 784))


def test_there_are_ten_kinds_of_clothing() -> None:
    assert (len(FASHION), FASHION[0], FASHION[9]) == (10, "T-shirt/top", "Ankle boot")


def test_an_unknown_dataset_lists_the_choices() -> None:
    with pytest.raises(ValueError, match=r"There is no dataset 'letters'. Choose one of: digits"):
        load("letters")


@pytest.fixture
def empty_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is loaded yet; what the process had loaded is there again afterwards.

    Other tests rely on it that there is one object of each dataset in the process.
    """
    monkeypatch.setattr(datasets, "_load", cache(datasets._load.__wrapped__))


@pytest.mark.usefixtures("empty_cache")
def test_two_threads_at_once_load_a_dataset_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def slow(name: str, title: str) -> datasets.Dataset:
        calls.append(name)
        time.sleep(0.05)
        return load("digits")

    monkeypatch.setitem(DATASETS, "moons", replace(DATASETS["moons"], load=slow))
    threads = [threading.Thread(target=load, args=("moons",)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert calls == ["moons"]


WHOLE = datasets.DIGITS.read_bytes()


@pytest.mark.parametrize("content", [None, b"", b"hello", WHOLE[:-30], WHOLE[:5000], WHOLE[3000:]])
def test_digits_that_are_missing_or_damaged_are_reported(
    tmp_path: Path, monkeypatch, content: bytes | None
) -> None:
    monkeypatch.setattr(datasets, "DIGITS", tmp_path / "digits.npz")
    if content is not None:
        datasets.DIGITS.write_bytes(content)
    with pytest.raises(ValueError, match=r"'digits.npz'.* is missing or damaged\. Put the project"):
        DATASETS["digits"].load("digits", "Digits")


@pytest.mark.usefixtures("empty_cache")
def test_a_dataset_that_could_not_be_loaded_is_tried_again(monkeypatch) -> None:
    answers = [OSError("unplugged"), load("digits")]

    def once_more(name: str, title: str) -> datasets.Dataset:
        answer = answers.pop(0)
        if isinstance(answer, OSError):
            raise answer
        return answer

    monkeypatch.setitem(DATASETS, "moons", replace(DATASETS["moons"], load=once_more))
    with pytest.raises(OSError, match="unplugged"):
        load("moons")
    assert load("moons").name == "digits"


def test_points_are_drawn_as_the_settings_say() -> None:
    drawn = load_points("moons", points=101, point_noise=0.0, label_noise=0.5, points_seed=3)
    assert drawn.X.shape == (101, 2)
    assert np.abs(drawn.X[:, 0]).max() <= 1.5
    clean = load_points("moons", points=101, point_noise=0.0, points_seed=3)
    assert (drawn.labels != clean.labels).sum() == 50
    assert load_points("blobs", point_classes=5).class_names == tuple("ABCDE")
    step = load_points("curve", curve="step", point_noise=0.0)
    np.testing.assert_array_equal(step.labels, step.X[:, 1] > np.where(step.X[:, 0] > 0, 0.5, -0.5))


def test_who_asks_for_the_same_points_gets_the_same_arrays() -> None:
    assert load_points("xor", points=50) is load_points("xor", points=50)
    assert load_points("xor", points=50) is not load_points("xor", points=50, points_seed=1)
    np.testing.assert_array_equal(load_points("xor").X, load("xor").X)
