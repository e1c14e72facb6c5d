"""The comparison is fair: everybody makes the same steps, and the report says what was done."""

import json
import sys
from collections import Counter
from dataclasses import replace
from importlib.util import find_spec

import pytest
from sklearn.neural_network._stochastic_optimizers import BaseOptimizer
from threadpoolctl import threadpool_limits

from benchmarks import peers, report
from mlp.optimizers import OPTIMIZERS

TINY = replace(peers.SHAPES["digits-32"], n_samples=70, epochs=2)
FACTS = {
    *("shape", "dataset", "sizes", "n_samples", "batch_size", "optimizer", "epochs", "steps"),
    *("threads", "seconds", "microseconds_a_step", "ratio_to_ours", "target", "is_met"),
}
MACHINE = {"platform", "cpu", "cores", "python", "numpy", "blas", "sklearn", "torch"}


@pytest.fixture
def steps(monkeypatch) -> Counter[str]:
    """Count the steps that each library really makes."""
    counter: Counter[str] = Counter()

    def count(name: str, owner: object, function: str) -> None:
        original = getattr(owner, function)

        def counted(*arguments):
            counter[name] += 1
            return original(*arguments)

        monkeypatch.setattr(owner, function, counted)

    for optimizer in ("sgd", "adam"):
        count("ours", OPTIMIZERS[optimizer], "step")
    count("sklearn", BaseOptimizer, "update_params")
    count("products", peers, "multiply")
    return counter


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize(("batch_size", "expected"), [(32, 6), (35, 4), (70, 2)])
def test_everybody_makes_the_same_steps(steps, optimizer, batch_size, expected) -> None:
    shape = replace(TINY, optimizer=optimizer, batch_size=batch_size)
    result = peers.measure(peers.prepare(shape), threads=1, repeats=1)
    turns = 2  # the first one warms up
    assert shape.steps == expected
    assert steps == {
        "ours": turns * expected,
        "sklearn": 2 * turns * expected,  # in float32 and in float64
        "products": turns * expected,
    }
    assert all(len(times) == 1 and times[0] > 0 for times in result.seconds.values())


@pytest.mark.parametrize("batch_size", [32, 70])
def test_torch_makes_the_same_steps(batch_size) -> None:
    pytest.importorskip("torch")
    from torch.optim.optimizer import register_optimizer_step_post_hook

    steps: list[object] = []
    hook = register_optimizer_step_post_hook(lambda *_: steps.append(None))
    shape = replace(TINY, batch_size=batch_size)
    peers.time_torch(peers.prepare(shape))
    hook.remove()
    assert len(steps) == shape.steps


def test_both_precisions_of_scikit_learn_are_what_they_say(monkeypatch) -> None:
    kinds = []
    monkeypatch.setattr(
        peers.MLPClassifier, "fit", lambda self, X, labels: kinds.append(X.dtype.name)
    )
    task = peers.prepare(TINY)
    peers.time_sklearn32(task)
    peers.time_sklearn64(task)
    assert kinds == ["float32", "float64"]


def test_the_last_line_is_json_with_all_there_is_to_know(monkeypatch, capsys) -> None:
    monkeypatch.setattr(peers, "SHAPES", {"tiny": TINY})
    peers.main(["--json", "--repeats", "1", "--threads", "1", "2"])
    *words, last = capsys.readouterr().out.splitlines()
    answer = json.loads(last)
    assert set(answer) == {"machine", "results", "left_out"}
    assert set(answer["machine"]) == MACHINE
    assert [result["threads"] for result in answer["results"]] == [1, 2]
    assert all(set(result) == FACTS for result in answer["results"])
    for key in ("seconds", "microseconds_a_step"):
        assert list(answer["results"][0][key]) == list(peers.COMPETITORS)
    assert sum(str(TINY) in line for line in words) == 4  # two tables, two numbers of threads


def test_without_torch_its_column_is_empty_and_a_remark_says_so(monkeypatch, capsys) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.setattr(peers, "SHAPES", {"tiny": TINY})
    peers.main(["--json", "--repeats", "1", "--threads", "1"])
    *words, last = capsys.readouterr().out.splitlines()
    answer = json.loads(last)
    (result,) = answer["results"]
    assert answer["machine"]["torch"] is None
    assert result["seconds"]["torch"] is result["ratio_to_ours"]["torch"] is None
    assert result["is_met"]["torch"] is None
    assert any("requirements-peers.txt" in line for line in words)


def test_without_the_files_its_shapes_are_left_out_with_a_remark(
    monkeypatch, tmp_path, capsys
) -> None:
    monkeypatch.setenv("PERCEPTRON_LAB_DATA", str(tmp_path))
    peers.main(["--json", "--only", "mnist-128"])
    *words, last = capsys.readouterr().out.splitlines()
    assert json.loads(last)["left_out"] == ["mnist-128"]
    assert "Left out: mnist-128" in "\n".join(words)


def test_a_target_is_met_from_its_value_on_and_holds_for_one_thread() -> None:
    shape = replace(TINY, targets=peers.Targets(sklearn32=4, torch=6, products=0.25))
    seconds = {"ours": [1.0, 1.1, 9.0], "sklearn32": [4.4], "products": [0.2]}
    result = peers.Result(shape, 1, seconds)
    assert result.microseconds("ours") == pytest.approx(1.1e6 / shape.steps)
    assert result.ratio("sklearn32") == 4
    assert [result.is_met(name) for name in ("sklearn32", "products")] == [True, False]
    assert result.is_met("torch") is None
    assert replace(result, threads=2).is_met("sklearn32") is None


def test_the_number_of_threads_holds_while_measuring_and_is_put_back() -> None:
    def blas_threads() -> set[int]:
        info = report.threadpool_info()
        return {library["num_threads"] for library in info if library["user_api"] == "blas"}

    with threadpool_limits(2, user_api="blas"):
        with peers.limited_threads(1):
            assert blas_threads() == {1}
            if find_spec("torch"):
                assert sys.modules["torch"].get_num_threads() == 1
        assert blas_threads() == {2}


def test_results_go_between_the_comments_of_the_readme(tmp_path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("Before.\n<!-- peers -->\nold\n<!-- /peers -->\nAfter.\n")
    report.write_section("peers", "new", readme)
    report.write_section("peers", "newer", readme)
    expected = "Before.\n<!-- peers -->\n\nnewer\n\n<!-- /peers -->\nAfter.\n"
    assert readme.read_text() == expected


def test_a_readme_without_the_comments_is_left_alone(tmp_path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("Before.\n<!-- peers -->\nAfter.\n")
    with pytest.raises(ValueError, match=r"'README\.md' needs a line <!-- peers -->"):
        report.write_section("peers", "new", readme)
    assert readme.read_text() == "Before.\n<!-- peers -->\nAfter.\n"


def test_a_table_is_aligned_as_plain_text_too() -> None:
    assert report.table(["", "time"], [["a shape", "1"], ["b", "1,000"]]).splitlines() == [
        "|         |  time |",
        "| ------- | ----: |",
        "| a shape |     1 |",
        "| b       | 1,000 |",
    ]


def test_the_real_readme_has_a_place_for_each_result() -> None:
    text = report.README.read_text(encoding="utf-8")
    for name in ("peers", "mnist_accuracy"):
        assert text.count(f"<!-- {name} -->\n") == text.count(f"<!-- /{name} -->\n") == 1
