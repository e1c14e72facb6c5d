"""How each loss comes to its number and to its slope in the logits: formulas, lines, arithmetic.

A loss of `mlp.losses.LOSSES` has its entry in `LOSS_STEPS`, under its name.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from experiments.inspection.marked_source import SourceMark
from experiments.inspection.step_numbers import Line, line, number, plus, sum_of_products
from experiments.inspection.step_trace import StepTrace
from mlp.losses import LOSSES, Loss

TINY = 1e-30  # below it, an output has few digits left, or none


class LossStep(NamedTuple):
    """How a loss comes to its numbers.

    output_lines, loss_lines, delta_lines : texts from the lines of `Loss.fused` that compute the
        output, the loss of each sample, and its slope in the logits
    delta : its formula in LaTeX, for the last layer L, where output and loss are fused
    one_loss : writes the loss of a sample with its numbers
    one_delta : writes the slope for a sample and a unit
    """

    output_lines: tuple[str, ...]
    loss_lines: tuple[str, ...]
    delta_lines: tuple[str, ...]
    delta: Callable[[str, str, str], str]
    one_loss: Callable[[StepTrace, int], Line]
    one_delta: Callable[[StepTrace, int, int], Line]

    def sources(self, loss: Loss, texts: tuple[str, ...]) -> SourceMark:
        """Return some of these lines of a loss."""
        return SourceMark(LOSSES[loss.name].fused, texts)


def share(trace: StepTrace, sample: int) -> str:
    """Write how much a sample counts: divided by how many there are, if all count the same."""
    s = float(trace.shares[sample])
    is_mean = math.isclose(s * trace.n_samples, 1, rel_tol=1e-5)
    return f" / {trace.n_samples}" if is_mean else f" · {number(s)}"


def _difference(output: str, delta: str, function: str) -> str:
    return rf"{delta} = \frac{{1}}{{n}}\,({output} - y)"


def _squared_difference(output: str, delta: str, function: str) -> str:
    g = rf"\frac{{2}}{{K}}({output} - y)"
    if function == "softmax":
        pulled = rf"{output} * \Big(g - \sum_k a_k g_k\Big), \quad g = {g}"
        return rf"{delta} = \frac{{1}}{{n}}\,{pulled}"
    return rf"{delta} = \frac{{1}}{{n}}\,{g} \odot f'({output.replace('a', 'z')})"


@np.errstate(all="ignore")
def _cross_entropy(trace: StepTrace, sample: int) -> Line:
    right = int(trace.targets[sample].argmax())
    a, result = float(trace.outputs[sample, right]), float(trace.losses[sample])
    if a > TINY:
        return line(f"−ln {number(a)}", -math.log(a), result)
    z = trace.zs[-1][sample].astype(np.float64)
    total = float(z.max() + np.log(np.exp(z - z.max()).sum()))  # a has no digits left
    words = f"−ln a = ln Σ e^z − z = {number(total)}{plus(-float(z[right]))}"
    return line(words, total - float(z[right]), result)


def _binary_cross_entropy(trace: StepTrace, sample: int) -> Line:
    y, a = trace.targets[sample].astype(np.float64), trace.outputs[sample].astype(np.float64)
    probability = np.where(y == 1, a, 1 - a)  # of what is right, for each output
    with np.errstate(all="ignore"):
        terms = -np.log(probability)
    longest = np.argsort(-terms, kind="stable")[:3]
    words = " ".join(f"− ln {number(probability[k])}" for k in longest).replace("− ln", "−ln", 1)
    rest = terms.sum() - terms[longest].sum()
    if len(terms) > len(longest):
        words += f" + … ({len(terms) - len(longest)} more: {number(rest)})"
    return line(words, terms.sum(), trace.losses[sample])


def _mean_squared_error(trace: StepTrace, sample: int) -> Line:
    error = trace.outputs[sample] - trace.targets[sample]
    longest = np.argsort(-np.abs(error), kind="stable")[:3]
    squares = np.square(error, dtype=np.float64)
    words = " + ".join(f"({number(float(error[k]))})²" for k in longest)
    if len(error) > len(longest):
        rest = squares.sum() - squares[longest].sum()
        words += f" + … ({len(error) - len(longest)} more: {number(rest)})"
    return line(f"1/{len(error)} · [{words}]", squares.mean(), trace.losses[sample])


def _delta_of_difference(trace: StepTrace, sample: int, unit: int) -> Line:
    a, y = float(trace.outputs[sample, unit]), float(trace.targets[sample, unit])
    words = f"({number(a)} − {number(y)}){share(trace, sample)}"
    return line(words, (a - y) * trace.shares[sample], trace.deltas[-1][sample, unit])


def _delta_of_squares(trace: StepTrace, sample: int, unit: int) -> Line:
    outputs, targets = trace.outputs[sample], trace.targets[sample]
    a, y, n_outputs = float(outputs[unit]), float(targets[unit]), len(outputs)
    pull_back, logits = trace.network.output.pull_back, trace.zs[-1][sample : sample + 1]
    g = (2 / n_outputs) * (outputs - targets)
    slopes = pull_back(np.ones((1, n_outputs)), logits, outputs[np.newaxis])[0]
    result = trace.deltas[-1][sample, unit]
    if trace.network.output.name == "softmax":
        mean, mean_value = sum_of_products(outputs, g)
        words = f"{number(a)} · ({number(float(g[unit]))} − [{mean}]){share(trace, sample)}"
        left = a * (g[unit] - mean_value) * trace.shares[sample]
        return line(words, left, result)
    slope = float(slopes[unit])
    words = f"2/{n_outputs} · ({number(a)}{plus(-y)}) · {number(slope)}{share(trace, sample)}"
    return line(words, g[unit] * slope * trace.shares[sample], result)


LOSS_STEPS: dict[str, LossStep] = {
    "cross-entropy": LossStep(
        ("exponentials = np.exp(", "totals = exponentials.dot(ones)", "gradient /= totals"),
        ("fits = np.vecdot(targets, shifted)", "losses: Array = np.log(", "losses -= fits"),
        ("gradient -= targets",),
        _difference,
        _cross_entropy,
        _delta_of_difference,
    ),
    "binary-cross-entropy": LossStep(
        ("SIGMOID.value(logits, out=gradient)",),
        ("softplus = np.maximum(", "losses: Array = (softplus"),
        ("gradient -= targets",),
        _difference,
        _binary_cross_entropy,
        _delta_of_difference,
    ),
    "mse": LossStep(
        ("outputs = output.value(logits)",),
        ("error = outputs - targets", "losses: Array = np.vecdot(", "losses /= n_outputs"),
        ("error *= 2 / n_outputs", "gradient[...] = output.pull_back("),
        _squared_difference,
        _mean_squared_error,
        _delta_of_squares,
    ),
}
