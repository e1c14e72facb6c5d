"""Each move of a step: what its line comes to is what training has computed, at its place."""

import numpy as np
import pytest

from experiments.inspection.loss_steps import LOSS_STEPS
from experiments.inspection.marked_source import SourceMark, marked_source
from experiments.inspection.optimizer_steps import OPTIMIZER_STEPS
from experiments.inspection.step_moves import Place, indexed, moves_of
from experiments.inspection.step_numbers import number, sum_of_products
from experiments.inspection.step_trace import StepTrace, longest_terms, trace_sample
from mlp.activations import ACTIVATIONS, OUTPUTS
from mlp.backprop import backward, forward
from mlp.losses import LOSSES, losses_for
from mlp.optimizers import OPTIMIZERS
from tests.experiments.inspection.test_step_trace import SETTINGS, next_trace, run_of

OUTPUTS_AND_LOSSES = [(output, loss) for output in OUTPUTS for loss in losses_for(output)]


def check(trace: StepTrace) -> None:
    """Each line comes to its result, the sum over samples to it as well, and shapes are true."""
    last = trace.network.n_layers
    for layer in range(1, last + 1):
        place = Place(0, tuple(longest_terms(trace, 0)), layer)
        for move in moves_of(trace):
            lines = move.lines(place)
            assert lines, move.name
            for line in lines:
                assert line.left == pytest.approx(line.result, rel=2e-3, abs=2e-6), move.name
                assert line.words.count("=") >= 1
            if move.of_samples:
                total = move.of_samples(place).sum(dtype=np.float64)
                assert total == pytest.approx(lines[-1].result, rel=1e-3, abs=1e-6), move.name
            assert len(move.of_units(place)) == trace.network.sizes[move.layer or layer]
            assert move.title
            assert move.formula
            for source in move.sources:
                assert marked_source(source).marked
            for matrix in move.matrices(place):
                assert matrix.values.ndim == 2, move.name


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=list(SETTINGS))
def test_the_lines_of_a_batch_come_to_the_numbers_of_training(settings: dict) -> None:
    check(next_trace(run_of(50, **settings)))


@pytest.mark.parametrize(("output", "loss"), OUTPUTS_AND_LOSSES)
def test_the_lines_of_one_sample_come_to_them_with_every_loss(output: str, loss: str) -> None:
    run = run_of(5, output=output, loss=loss, activation="tanh")
    check(trace_sample(run.training().state, run.prepared_data().training.X[0], 3))


def test_each_loss_and_each_optimizer_has_its_lines() -> None:
    assert LOSS_STEPS.keys() == LOSSES.keys()
    assert set(OPTIMIZER_STEPS) == set(OPTIMIZERS.values())
    for name, step in LOSS_STEPS.items():
        for texts in (step.output_lines, step.loss_lines, step.delta_lines):
            assert marked_source(step.sources(LOSSES[name], texts)).marked
    for step in OPTIMIZER_STEPS.values():
        for source in (*step.memory_sources, *step.update_sources):
            assert marked_source(source).marked


def test_the_moves_in_their_order() -> None:
    moves = moves_of(next_trace(run_of(5, **SETTINGS["adam"])))
    forwards = ["z1", "a1", "m1", "z2", "a2", "m2", "z3"]
    loss = ["a3", "C", "delta3"]
    backwards = ["dW3", "db3", "delta2", "dW2", "db2", "delta1", "dW1", "db1"]
    names = [move.name for move in moves]
    assert names == [*forwards, *loss, *backwards, "penalty", "memory", "new"]
    shapes = {move.name: move.shapes for move in moves}
    assert shapes["z1"] == "(32, 64) @ (64, 8) + (8,) = (32, 8)"
    assert shapes["delta1"] == "(32, 6) @ (6, 8) * (32, 8) = (32, 8)"
    assert shapes["dW2"] == "(6, 32) @ (32, 8) = (6, 8)"


def test_without_hidden_layers_and_with_a_limit() -> None:
    names = [m.name for m in moves_of(next_trace(run_of(5, hidden_layers=(), max_norm=1.0)))]
    assert names[:5] == ["z1", "a1", "C", "delta1", "dW1"]
    assert names[-1] == "limit"


def test_a_step_that_is_not_made_ends_with_the_gradient() -> None:
    run = run_of(2)
    state = run.training().state
    state.optimizer.network.parameters[...] = np.nan
    trace = trace_sample(state, run.prepared_data().training.X[0], 1)
    moves = moves_of(trace)
    assert moves[-1].name == "db1"
    place = Place(0, tuple(longest_terms(trace, 0)), 1)
    for move in moves:
        assert all("nan" not in line.words for line in move.lines(place))


def test_the_layer_is_filled_into_the_formula_of_a_function() -> None:
    assert indexed(ACTIVATIONS["relu"].formula, 2) == r"a_{2} = \max(0, z_{2})"
    assert indexed(OUTPUTS["softmax"].formula, 3) == (
        r"a_{3,k} = \frac{e^{z_{3,k}}}{\sum_j e^{z_{3,j}}}"
    )


def test_the_longest_terms_come_first_and_the_rest_is_summed() -> None:
    words, total = sum_of_products([0.2, 0.31, -0.2, 0.1, 0.1], [0.1, 0.52, 1.4, 0.1, -0.2])
    assert words == "−0.2 · 1.4 + 0.31 · 0.52 + 0.2 · 0.1 + … (2 more: −0.01)"
    assert total == pytest.approx(-0.1088)
    assert sum_of_products([1, 2], [3, -0.5])[0] == "1 · 3 + 2 · (−0.5)"
    assert number(float("nan")) == "(not finite)"
    assert number(-1.5e-7) == "−1.5e−7"
    assert [number(value) for value in (999.4, -999.6, -0.0)] == ["999", "−1,000", "0"]


def test_a_line_that_is_not_there_is_an_error() -> None:
    with pytest.raises(LookupError, match="stands in 0 lines of forward"):
        marked_source(SourceMark(forward, ("no such line",)))
    with pytest.raises(LookupError, match="Take another text"):
        marked_source(SourceMark(backward, ("delta",)))


def test_the_marked_lines_are_those_of_the_source() -> None:
    source = marked_source(SourceMark(forward, ("zs[l] += biases[l]",)))
    assert source.file == "mlp/backprop.py"
    assert source.lines[source.marked[0]].strip() == "zs[l] += biases[l]"
    assert len(marked_source(SourceMark(ACTIVATIONS["relu"].value)).marked) > 3


def test_logits_that_are_far_apart_have_a_loss_and_an_output() -> None:
    run = run_of(2)
    state, X = run.training().state, run.prepared_data().training.X
    state.optimizer.network.weights[3][...] *= 3000
    with np.errstate(over="ignore"):
        trace = trace_sample(state, X[0], 3)
    by_name = {move.name: move for move in moves_of(trace)}
    place = Place(0, tuple(longest_terms(trace, 0)), 3)
    for name in ("a3", "C"):
        (line,) = by_name[name].lines(place)
        assert line.left == pytest.approx(line.result, rel=1e-4)
        assert "finite" not in line.words
    assert "ln Σ e^z" in by_name["C"].lines(place)[0].words
    assert number(-12345.6) == "−12,346"


@pytest.mark.parametrize("optimizer", ["adam", "rmsprop"])
def test_a_weight_that_never_had_a_gradient_is_not_divided_by_zero(optimizer: str) -> None:
    trace = next_trace(run_of(5, optimizer=optimizer))
    corner = Place(0, (0,) * len(trace.network.sizes), 1)  # no digit has ink in that pixel
    words = " ".join(line.words for line in moves_of(trace)[-1].lines(corner))
    assert "(0) / (0 + 1e-0" in words


def test_a_slope_below_zero_stands_in_parentheses() -> None:
    run = run_of(5, activation="gelu")
    trace = trace_sample(run.training().state, run.prepared_data().training.X[0], 1)
    unit = int(trace.slopes[1][0].argmin())
    assert trace.slopes[1][0, unit] < 0
    (delta,) = (move for move in moves_of(trace) if move.name == "delta1")
    (line,) = delta.lines(Place(0, (0, unit, *longest_terms(trace, 0)[2:]), 1))
    assert f") · ({number(float(trace.slopes[1][0, unit]))}) = " in line.words
