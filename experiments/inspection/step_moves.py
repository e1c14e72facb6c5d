"""A step of training as a sequence of small moves: each with its formula, its line, its numbers.

Forward: z_l, a_l, and the mask of dropout. Loss: the output, the loss of each sample, delta_L.
Backward, for l = L..1: dC/dW_l, dC/db_l, and delta_{l-1} = (delta_l W_l) * f'(z_{l-1}). Update:
the penalty, the memory of the optimizer, the new weights. The formulas are those of
`mlp.backprop`, with samples as rows and the index of the layer filled in.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from experiments.inspection.loss_steps import LOSS_STEPS
from experiments.inspection.marked_source import SourceMark
from experiments.inspection.optimizer_steps import OPTIMIZER_STEPS, ParameterStep
from experiments.inspection.step_numbers import Line, line, number, plus, product, sum_of_products
from experiments.inspection.step_trace import StepTrace
from mlp.arrays import Array
from mlp.backprop import Dropout, backward, forward
from mlp.losses import Loss, Objective
from mlp.optimizers import limit_norms

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class Phase(StrEnum):
    """The four parts of a step."""

    FORWARD = "Forward"
    LOSS = "Loss"
    BACKWARD = "Backward"
    UPDATE = "Update"


class Place(NamedTuple):
    """What to follow through a step.

    sample : which row of the batch
    units : a unit of each layer, 0 to L; a weight into layer l goes from units[l-1] to units[l]
    layer : whose parameters to look at where a move changes those of all layers
    """

    sample: int
    units: tuple[int, ...]
    layer: int


class Terms(NamedTuple):
    """What comes to the unit that is followed, from each unit of another layer.

    layer : that they come from
    values : (n_layer,)
    """

    layer: int
    values: Array


class Matrix(NamedTuple):
    """A matrix of a move.

    name : such as 'W₁'
    values : (n_rows, n_columns)
    rows, columns : what they are
    row, column : those that are followed; None where there is none
    """

    name: str
    values: Array
    rows: str
    columns: str
    row: int | None = None
    column: int | None = None


@dataclass(frozen=True)
class Move:
    """A small part of a step.

    Attributes
    ----------
    name : tells it from the others of the step
    symbol : what it finds, in a few characters
    layer : whose units or weights it finds; 0 for those of all layers
    title, sentence : what it does, in plain words
    formula : in LaTeX
    shapes : of all matrices in it
    sources : the lines that compute it
    matrices : what goes in, and last what comes out
    lines : the same for the unit that is followed, with its numbers
    of_units : (n_l,), a number for each unit of its layer, for the sample that is followed
    unit_symbol : what these are called
    factors : what is multiplied in a sum of products, in words
    of_samples : (n_samples,), what each sample adds to the number that is followed; None where
        samples are not summed
    terms : what comes along the connections of the unit that is followed, or changes in them;
        None where nothing does
    """

    name: str
    symbol: str
    phase: Phase
    layer: int
    title: str
    sentence: str
    formula: str
    shapes: str
    sources: tuple[SourceMark, ...]
    matrices: Callable[[Place], list[Matrix]]
    lines: Callable[[Place], list[Line]]
    of_units: Callable[[Place], Array]
    unit_symbol: str
    factors: str = ""
    of_samples: Callable[[Place], Array] | None = None
    terms: Callable[[Place], Terms] | None = None


def moves_of(trace: StepTrace) -> list[Move]:
    """Return the moves of a step in their order; without those of an update that is not made."""
    last = trace.network.n_layers
    moves = []
    for l in range(1, last + 1):
        moves.append(_weighted_inputs(trace, l))
        if l < last:
            moves.append(_activation(trace, l))
            moves += [_mask(trace, l)] if trace.masks else []
    moves += [_output(trace), _loss(trace), _output_delta(trace)]
    for l in range(last, 0, -1):
        moves += [_weight_gradient(trace, l), _bias_gradient(trace, l)]
        moves += [_delta(trace, l - 1)] if l > 1 else []
    return moves + _update(trace)


def _update(trace: StepTrace) -> list[Move]:
    if not trace.is_made:
        return []
    objective = trace.objective
    moves = [_penalty(trace)] if objective.l1 or objective.l2 else []
    moves += [_memory(trace)] if trace.state_before else []
    moves.append(_new_weights(trace))
    return moves + ([_limited_norms(trace)] if trace.max_norm else [])


# ---- symbols and shapes ----


def sub(symbol: str, l: int) -> str:
    """Return a symbol with its layer: sub('z', 1) is 'z₁'."""
    return symbol + str(l).translate(SUBSCRIPTS)


def indexed(formula: str, l: int) -> str:
    """Return the formula of a function with the layer filled in: a = f(z) becomes a_1 = f(z_1)."""

    def with_layer(found: re.Match[str]) -> str:
        symbol, index = found.groups()
        return rf"{symbol}_{{{l},{index}}}" if index else rf"{symbol}_{{{l}}}"

    return re.sub(r"(?<![\\a-zA-Z])([az])(?![a-zA-Z])(?:_(\w))?", with_layer, formula)


def _passed(trace: StepTrace, l: int) -> tuple[str, str]:
    """Return how the activations that layer l+1 receives are written, in LaTeX and in words."""
    has_mask = bool(trace.masks) and l > 0
    return (rf"\tilde a_{{{l}}}", sub("ã", l)) if has_mask else (f"a_{{{l}}}", sub("a", l))


def _units_of(l: int) -> str:
    return "input" if l == 0 else f"unit of layer {l}"


def _of_samples(name: str, values: Array, l: int, place: Place) -> Matrix:
    """Return a matrix with a row for each sample and a column for each unit of a layer."""
    return Matrix(name, values, "sample", _units_of(l), place.sample, place.units[l])


def _of_weights(name: str, values: Array, l: int, place: Place, *, is_one: bool = True) -> Matrix:
    """Return a matrix with a row for each unit of a layer, and a column for each one below."""
    column = place.units[l - 1] if is_one else None
    return Matrix(name, values, _units_of(l), _units_of(l - 1), place.units[l], column)


def _of_biases(name: str, values: Array, l: int, place: Place) -> Matrix:
    return Matrix(name, values[np.newaxis], "", _units_of(l), None, place.units[l])


# ---- forward ----


def _weighted_inputs(trace: StepTrace, l: int) -> Move:
    n, n_in, n_out = trace.n_samples, *trace.network.sizes[l - 1 : l + 1]
    weights, biases = trace.network.weights[l], trace.network.biases[l]
    a, z = trace.passed_on[l - 1], trace.zs[l]
    passed, passed_name = _passed(trace, l - 1)
    is_last = l == trace.network.n_layers

    def lines(place: Place) -> list[Line]:
        i, k = place.sample, place.units[l]
        words, total = sum_of_products(weights[k], a[i])
        b = float(biases[k])
        return [line(words + plus(b, "b "), total + b, z[i, k])]

    return Move(
        name=f"z{l}",
        symbol=sub("z", l),
        phase=Phase.FORWARD,
        layer=l,
        title="Logits: weighted inputs of the last layer"
        if is_last
        else f"Weighted inputs of layer {l}",
        sentence="Each unit adds up all that it receives, weight times activation, and its bias.",
        formula=rf"z_{{{l}}} = {passed}\, W_{{{l}}}^\top + b_{{{l}}}",
        shapes=f"({n}, {n_in}) @ ({n_in}, {n_out}) + ({n_out},) = ({n}, {n_out})",
        sources=(
            SourceMark(forward, ("np.dot(passed_on[l - 1], weights[l].T", "zs[l] += biases[l]")),
        ),
        matrices=lambda place: [
            _of_samples(passed_name, a, l - 1, place)._replace(column=None),
            _of_weights(sub("W", l), weights, l, place, is_one=False),
            _of_biases(sub("b", l), biases, l, place),
            _of_samples(sub("z", l), z, l, place),
        ],
        lines=lines,
        of_units=lambda place: z[place.sample],
        unit_symbol=sub("z", l),
        factors="weight · activation",
        terms=lambda place: Terms(l - 1, weights[place.units[l]] * a[place.sample]),
    )


def _activation(trace: StepTrace, l: int) -> Move:
    shape, function = f"({trace.n_samples}, {trace.network.sizes[l]})", trace.network.activation
    z, a = trace.zs[l], trace.activations[l]

    def lines(place: Place) -> list[Line]:
        value = z[place.sample, place.units[l]]
        result = a[place.sample, place.units[l]]
        left = function.value(np.array([value]))[0]
        return [line(f"{function.name}({number(float(value))})", left, result)]

    return Move(
        name=f"a{l}",
        symbol=sub("a", l),
        phase=Phase.FORWARD,
        layer=l,
        title=f"Activations of layer {l}",
        sentence=f"Each unit puts its weighted input through {function.name}, and passes that on.",
        formula=indexed(function.formula, l),
        shapes=f"f({shape}) = {shape}",
        sources=(
            SourceMark(forward, ("network.activation.value(zs[l]",)),
            SourceMark(function.value),
        ),
        matrices=lambda place: [
            _of_samples(sub("z", l), z, l, place),
            _of_samples(sub("a", l), a, l, place),
        ],
        lines=lines,
        of_units=lambda place: a[place.sample],
        unit_symbol=sub("a", l),
    )


def _mask(trace: StepTrace, l: int) -> Move:
    shape = f"({trace.n_samples}, {trace.network.sizes[l]})"
    a, mask, passed_on = trace.activations[l], trace.masks[l], trace.passed_on[l]

    def lines(place: Place) -> list[Line]:
        at = place.sample, place.units[l]
        factors = float(a[at]), float(mask[at])
        return [line(product(factors), factors[0] * factors[1], passed_on[at])]

    return Move(
        name=f"m{l}",
        symbol=sub("m", l),
        phase=Phase.FORWARD,
        layer=l,
        title=f"Dropout in layer {l}",
        sentence="A random mask switches some units off for this step, and strengthens the others.",
        formula=rf"\tilde a_{{{l}}} = a_{{{l}}} * m_{{{l}}}",
        shapes=f"{shape} * {shape} = {shape}",
        sources=(
            SourceMark(
                forward,
                ("workspace.dropout.draw(", "np.multiply(activations[l], workspace.masks[l]"),
            ),
            SourceMark(Dropout.draw, ("kept = self.rng.random(", "np.multiply(kept,")),
        ),
        matrices=lambda place: [
            _of_samples(sub("a", l), a, l, place),
            _of_samples(sub("m", l), mask, l, place),
            _of_samples(sub("ã", l), passed_on, l, place),
        ],
        lines=lines,
        of_units=lambda place: passed_on[place.sample],
        unit_symbol=sub("ã", l),
        factors="activation · mask",
    )


# ---- loss ----


def _output(trace: StepTrace) -> Move:
    last, output = trace.network.n_layers, trace.network.output
    loss, step = trace.objective.loss, LOSS_STEPS[trace.objective.loss.name]
    shape = f"({trace.n_samples}, {trace.network.sizes[last]})"
    is_softmax = output.name == "softmax"
    what = "logits into shares that add up to 1" if is_softmax else "logits into the answer"
    return Move(
        name=f"a{last}",
        symbol=sub("a", last),
        phase=Phase.LOSS,
        layer=last,
        title=f"Output: {output.name} of the logits",
        sentence=f"{output.name} turns the {what} of the network, a number for each class.",
        formula=indexed(output.formula, last),
        shapes=f"{output.name}({shape}) = {shape}",
        sources=(step.sources(loss, step.output_lines), SourceMark(output.value)),
        matrices=lambda place: [
            _of_samples(sub("z", last), trace.zs[last], last, place),
            _of_samples(sub("a", last), trace.outputs, last, place),
        ],
        lines=lambda place: [_output_line(trace, place)],
        of_units=lambda place: trace.outputs[place.sample],
        unit_symbol=sub("a", last),
    )


@np.errstate(all="ignore")
def _output_line(trace: StepTrace, place: Place) -> Line:
    last, output = trace.network.n_layers, trace.network.output
    z = trace.zs[last][place.sample].astype(np.float64)
    k = place.units[last]
    result = trace.outputs[place.sample, k]
    if output.name != "softmax":
        left = output.value(z[np.newaxis])[0, k]
        return line(f"{output.name}({number(float(z[k]))})", left, result)
    powers = np.exp(z - z.max())  # as training does it: no exp can overflow
    words, total = sum_of_products(powers)
    top = f"e^({number(float(z[k]))}{plus(-float(z.max()))}) / Σ e^(z{plus(-float(z.max()))})"
    return line(f"{top} = {number(float(powers[k]))} / ({words})", powers[k] / total, result)


def _loss(trace: StepTrace) -> Move:
    last, loss = trace.network.n_layers, trace.objective.loss
    step, shape = LOSS_STEPS[loss.name], f"({trace.n_samples}, {trace.network.sizes[last]})"

    def lines(place: Place) -> list[Line]:
        one = step.one_loss(trace, place.sample)
        if trace.n_samples == 1:
            return [one]
        words, total = sum_of_products(trace.losses, trace.shares)
        return [one, line(f"C = {words}", total, trace.loss)]

    return Move(
        name="C",
        symbol="C",
        phase=Phase.LOSS,
        layer=last,
        title="Loss: how wrong the answer is",
        sentence="One number for each sample, 0 if the answer is perfect. C is the mean of them.",
        formula=indexed(loss.formula, last),
        shapes=f"{shape} → ({trace.n_samples},) → one number",
        sources=(
            step.sources(loss, step.loss_lines),
            SourceMark(Loss.value_and_gradient, ("return float(losses.dot(shares))",)),
        ),
        matrices=lambda place: [
            _of_samples(sub("a", last), trace.outputs, last, place)._replace(column=None),
            _of_samples("y", trace.targets, last, place)._replace(column=None),
            Matrix("loss", trace.losses[:, np.newaxis], "sample", "", place.sample),
        ],
        lines=lines,
        of_units=lambda place: trace.outputs[place.sample],
        unit_symbol=sub("a", last),
        of_samples=lambda place: trace.losses * trace.shares,
    )


def _output_delta(trace: StepTrace) -> Move:
    last, loss = trace.network.n_layers, trace.objective.loss
    step, shape = LOSS_STEPS[loss.name], f"({trace.n_samples}, {trace.network.sizes[last]})"
    return Move(
        name=f"delta{last}",
        symbol=sub("δ", last),
        phase=Phase.BACKWARD,
        layer=last,
        title="Error of the last layer",
        sentence="δ is a unit's error: how fast the loss grows with its logit. "
        "Below 0, more of it would help.",
        formula=step.delta(f"a_{{{last}}}", rf"\delta_{{{last}}}", trace.network.output.name),
        shapes=f"{shape} − {shape} = {shape}",
        sources=(
            step.sources(loss, step.delta_lines),
            SourceMark(Loss.value_and_gradient, ("gradient *= shares[:, np.newaxis]",)),
        ),
        matrices=lambda place: [
            _of_samples(sub("a", last), trace.outputs, last, place),
            _of_samples("y", trace.targets, last, place),
            _of_samples(sub("δ", last), trace.deltas[last], last, place),
        ],
        lines=lambda place: [step.one_delta(trace, place.sample, place.units[last])],
        of_units=lambda place: trace.deltas[last][place.sample],
        unit_symbol=sub("δ", last),
    )


# ---- backward ----


def _weight_gradient(trace: StepTrace, l: int) -> Move:
    n, n_in, n_out = trace.n_samples, *trace.network.sizes[l - 1 : l + 1]
    delta, a = trace.deltas[l], trace.passed_on[l - 1]
    gradient = trace.layers(trace.data_gradient)[0][l]
    passed, passed_name = _passed(trace, l - 1)

    def lines(place: Place) -> list[Line]:
        j, k = place.units[l - 1 : l + 1]
        words, total = sum_of_products(delta[:, k], a[:, j])
        return [line(words, total, gradient[k, j])]

    return Move(
        name=f"dW{l}",
        symbol=sub("∂W", l),
        phase=Phase.BACKWARD,
        layer=l,
        title=f"Gradient of the weights into layer {l}",
        sentence="How fast the loss grows with a weight: the error of the unit it leads to, times "
        "what it carried; summed over the samples.",
        formula=rf"\frac{{\partial C}}{{\partial W_{{{l}}}}} = \delta_{{{l}}}^\top {passed}",
        shapes=f"({n_out}, {n}) @ ({n}, {n_in}) = ({n_out}, {n_in})",
        sources=(SourceMark(backward, ("np.dot(delta.T, passed_on[l - 1]",)),),
        matrices=lambda place: [
            _of_samples(sub("δ", l), delta, l, place)._replace(row=None),
            _of_samples(passed_name, a, l - 1, place)._replace(row=None),
            _of_weights(sub("∂C/∂W", l), gradient, l, place),
        ],
        lines=lines,
        of_units=lambda place: delta[place.sample],
        unit_symbol=sub("δ", l),
        factors="δ · activation of each sample",
        of_samples=lambda place: delta[:, place.units[l]] * a[:, place.units[l - 1]],
        terms=lambda place: Terms(l - 1, gradient[place.units[l]]),
    )


def _bias_gradient(trace: StepTrace, l: int) -> Move:
    n, n_out = trace.n_samples, trace.network.sizes[l]
    delta, gradient = trace.deltas[l], trace.layers(trace.data_gradient)[1][l]

    def lines(place: Place) -> list[Line]:
        words, total = sum_of_products(delta[:, place.units[l]])
        return [line(words, total, gradient[place.units[l]])]

    return Move(
        name=f"db{l}",
        symbol=sub("∂b", l),
        phase=Phase.BACKWARD,
        layer=l,
        title=f"Gradient of the biases of layer {l}",
        sentence="A bias is like a weight that always carries 1: its gradient is the error itself, "
        "summed over the samples.",
        formula=rf"\frac{{\partial C}}{{\partial b_{{{l}}}}} = \sum_x \delta_{{{l}}}",
        shapes=f"({n},) @ ({n}, {n_out}) = ({n_out},)",
        sources=(SourceMark(backward, ("np.dot(workspace.ones, delta",)),),
        matrices=lambda place: [
            _of_samples(sub("δ", l), delta, l, place)._replace(row=None),
            _of_biases(sub("∂C/∂b", l), gradient, l, place),
        ],
        lines=lines,
        of_units=lambda place: gradient,
        unit_symbol=sub("∂b", l),
        factors="δ of each sample",
        of_samples=lambda place: delta[:, place.units[l]],
    )


def _delta(trace: StepTrace, l: int) -> Move:
    n, n_here, n_above = trace.n_samples, *trace.network.sizes[l : l + 2]
    above, delta, slope = trace.deltas[l + 1], trace.deltas[l], trace.slopes[l]
    weights = trace.network.weights[l + 1]
    masks = [trace.masks[l]] if trace.masks else []
    factor = rf" * m_{{{l}}}" if masks else ""

    def lines(place: Place) -> list[Line]:
        i, k = place.sample, place.units[l]
        words, total = sum_of_products(above[i], weights[:, k])
        factors = [float(part[i, k]) for part in (slope, *masks)]
        times = product([1.0, *factors]).removeprefix("1")
        return [line(f"({words}){times}", total * float(np.prod(factors)), delta[i, k])]

    return Move(
        name=f"delta{l}",
        symbol=sub("δ", l),
        phase=Phase.BACKWARD,
        layer=l,
        title=f"Error of layer {l}",
        sentence="The error above comes back through the same weights, times the slope of the "
        "unit: where that is 0, nothing is learned.",
        formula=rf"\delta_{{{l}}} = (\delta_{{{l + 1}}} W_{{{l + 1}}}) \odot f'(z_{{{l}}}){factor}",
        shapes=f"({n}, {n_above}) @ ({n_above}, {n_here}) * ({n}, {n_here}) = ({n}, {n_here})",
        sources=(
            SourceMark(
                backward,
                (
                    "np.dot(delta, weights[l], out=deltas[l - 1])",
                    "deltas[l - 1] *= slope(",
                    *(["deltas[l - 1] *= workspace.masks[l - 1]"] if masks else []),
                ),
            ),
            SourceMark(trace.network.activation.slope),
        ),
        matrices=lambda place: [
            _of_samples(sub("δ", l + 1), above, l + 1, place)._replace(column=None),
            _of_weights(sub("W", l + 1), weights, l + 1, place)._replace(row=None),
            _of_samples(f"f′({sub('z', l)})", slope, l, place),
            *(_of_samples(sub("m", l), mask, l, place) for mask in masks),
            _of_samples(sub("δ", l), delta, l, place),
        ],
        lines=lines,
        of_units=lambda place: delta[place.sample],
        unit_symbol=sub("δ", l),
        factors="(δ above · weight) · slope" + (" · mask" if masks else ""),
        terms=lambda place: Terms(l + 1, above[place.sample] * weights[:, place.units[l]]),
    )


# ---- update ----


def _weight(values: Array, place: Place) -> float:
    """Return what is in a matrix of weights at the place that is followed."""
    return float(values[place.units[place.layer], place.units[place.layer - 1]])


def _penalty(trace: StepTrace) -> Move:
    objective, n_weights = trace.objective, len(trace.penalty_gradient)
    data, total = (trace.layers(part)[0] for part in (trace.data_gradient, trace.gradient))

    def lines(place: Place) -> list[Line]:
        w = _weight(trace.network.weights[place.layer], place)
        g, result = _weight(data[place.layer], place), _weight(total[place.layer], place)
        words, left = number(g), g
        if objective.l1:
            words += plus(objective.l1 * float(np.sign(w)))
            left += objective.l1 * float(np.sign(w))
        if objective.l2:
            sign = "−" if w < 0 else "+"
            words += f" {sign} {product([objective.l2, abs(w)])}"
            left += objective.l2 * w
        return [line(words, left, result)]

    terms = [r"\lambda_1\,\mathrm{sign}(W)"] * bool(objective.l1) + [r"\lambda_2 W"] * bool(
        objective.l2
    )
    texts = [
        text
        for text, strength in (
            ("gradient += self.l1 * np.sign(weights)", objective.l1),
            ("gradient += self.l2 * weights", objective.l2),
        )
        if strength
    ]
    return Move(
        name="penalty",
        symbol="+ λ",
        phase=Phase.UPDATE,
        layer=0,
        title="Penalty: large weights cost",
        sentence="To the gradient of each weight is added what pulls it towards 0; biases go free.",
        formula=r"g = \frac{\partial C}{\partial W} + " + " + ".join(terms),
        shapes=f"({n_weights},) + ({n_weights},) = ({n_weights},)",
        sources=(SourceMark(Objective.add_penalty_gradient, tuple(texts)),),
        matrices=lambda place: [
            _of_weights(sub("∂C/∂W", place.layer), data[place.layer], place.layer, place),
            _of_weights(
                sub("W", place.layer), trace.network.weights[place.layer], place.layer, place
            ),
            _of_weights("g", total[place.layer], place.layer, place),
        ],
        lines=lines,
        of_units=lambda place: trace.deltas[place.layer][place.sample],
        unit_symbol="δ",
    )


def parameter_step(trace: StepTrace, place: Place, *, is_bias: bool = False) -> ParameterStep:
    """Return what happens to the weight that is followed, or to the bias of its unit."""
    state, n_parameters = trace.optimizer.state(), len(trace.gradient)
    parts = [name for name, part in state.items() if len(part) == n_parameters]

    def of(vector: Array) -> float:
        weights, biases = trace.layers(vector)
        if is_bias:
            return float(biases[place.layer][place.units[place.layer]])
        return _weight(weights[place.layer], place)

    return ParameterStep(
        "b" if is_bias else "w",
        g=of(trace.gradient),
        before=of(trace.network.parameters),
        after=of(trace.stepped),
        old={name: of(trace.state_before[name]) for name in parts},
        new={name: of(state[name]) for name in parts},
        optimizer=trace.optimizer,
    )


def _memory(trace: StepTrace) -> Move:
    step, shape = OPTIMIZER_STEPS[type(trace.optimizer)], f"({len(trace.gradient)},)"
    state = trace.optimizer.state()
    parts = {name: trace.layers(part)[0] for name, part in state.items() if len(part) > 1}
    g = trace.layers(trace.gradient)[0]
    return Move(
        name="memory",
        symbol="memory",
        phase=Phase.UPDATE,
        layer=0,
        title="Memory of the optimizer",
        sentence="The optimizer follows no gradient alone: it mixes it with those of steps before.",
        formula=step.memory,
        shapes=f"{shape} and {shape} → {shape}",
        sources=step.memory_sources,
        matrices=lambda place: [
            _of_weights("g", g[place.layer], place.layer, place),
            *(
                _of_weights(name.replace("_", " "), part[place.layer], place.layer, place)
                for name, part in parts.items()
            ),
        ],
        lines=lambda place: step.remember(parameter_step(trace, place)),
        of_units=lambda place: trace.deltas[place.layer][place.sample],
        unit_symbol="δ",
    )


def _new_weights(trace: StepTrace) -> Move:
    step, shape = OPTIMIZER_STEPS[type(trace.optimizer)], f"({len(trace.gradient)},)"
    before, after = trace.network.weights, trace.layers(trace.stepped)[0]
    change = trace.stepped - trace.network.parameters

    def lines(place: Place) -> list[Line]:
        return [
            one._replace(words=f"{name}: {one.words}")
            for name, is_bias in (("w", False), ("b", True))
            for one in step.move(parameter_step(trace, place, is_bias=is_bias))
        ]

    return Move(
        name="new",
        symbol="new W, b",
        phase=Phase.UPDATE,
        layer=0,
        title="New weights and biases",
        sentence="Each takes a small step downhill, against its gradient. How small, the learning "
        f"rate says: η = {trace.optimizer.eta:.3g}.",
        formula=step.update,
        shapes=f"{shape} − {shape} = {shape}",
        sources=step.update_sources,
        matrices=lambda place: _changes(place, before, after),
        lines=lines,
        of_units=lambda place: trace.layers(change)[1][place.layer],
        unit_symbol="Δb",
        factors="the old value, minus η times the direction",
        terms=lambda place: Terms(
            place.layer - 1, trace.layers(change)[0][place.layer][place.units[place.layer]]
        ),
    )


def _changes(place: Place, before: list[Array], after: list[Array]) -> list[Matrix]:
    """Return the weights of the layer that is followed, how they change, and the new ones."""
    l, name = place.layer, sub("W", place.layer)
    return [
        _of_weights(f"{name} before", before[l], l, place),
        _of_weights("change", after[l] - before[l], l, place),
        _of_weights(f"{name} after", after[l], l, place),
    ]


def _limited_norms(trace: StepTrace) -> Move:
    before, network = trace.layers(trace.stepped)[0], trace.optimizer.network
    n_weights, most = len(trace.penalty_gradient), trace.max_norm or np.inf

    def lines(place: Place) -> list[Line]:
        old, new = _weight(before[place.layer], place), _weight(network.weights[place.layer], place)
        length = float(np.linalg.norm(before[place.layer][place.units[place.layer]]))
        if length <= most:
            return [line(f"|w| = {number(length)} ≤ {number(most)}: stays", old, new)]
        return [
            line(f"{number(old)} · {number(most)} / {number(length)}", old * most / length, new)
        ]

    return Move(
        name="limit",
        symbol="|w| ≤ c",
        phase=Phase.UPDATE,
        layer=0,
        title="Limit of the norms",
        sentence="A unit whose incoming weights have become too long gets them shortened.",
        formula=rf"w \leftarrow w \, \min\left(1, \frac{{{most:g}}}{{|w|}}\right)",
        shapes=f"({n_weights},) → ({n_weights},)",
        sources=(
            SourceMark(limit_norms, ("norms = np.sqrt(", "too_long = ", "weights[too_long] *=")),
        ),
        matrices=lambda place: _changes(place, before, network.weights),
        lines=lines,
        of_units=lambda place: np.linalg.norm(network.weights[place.layer], axis=1),
        unit_symbol="|w|",
    )
