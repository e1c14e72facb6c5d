"""How each optimizer makes its step: what it remembers, how it moves a parameter, and where.

An optimizer of `mlp.optimizers.OPTIMIZERS` has its entry in `OPTIMIZER_STEPS`, under its name.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from experiments.inspection.marked_source import SourceMark
from experiments.inspection.step_numbers import Line, line, number, plus, product
from mlp.optimizers import SGD, Adam, AdamW, Momentum, Nesterov, Optimizer, RMSProp


class ParameterStep(NamedTuple):
    """What happens to one weight or bias in a step.

    name : 'w' or 'b'
    g : its gradient
    before, after : its value
    old, new : what the optimizer remembers of it, by name, before and after the step
    optimizer : after the step
    """

    name: str
    g: float
    before: float
    after: float
    old: Mapping[str, float]
    new: Mapping[str, float]
    optimizer: Any

    @property
    def eta(self) -> float:
        """The learning rate of this step."""
        rate: float = self.optimizer.eta
        return rate


class OptimizerStep(NamedTuple):
    """How an optimizer makes its step.

    memory, update : the formulas in LaTeX; no memory, no formula of it
    memory_sources, update_sources : the lines that compute them
    remember, move : write them with the numbers of one parameter
    """

    memory: str
    update: str
    memory_sources: tuple[SourceMark, ...]
    update_sources: tuple[SourceMark, ...]
    remember: Callable[[ParameterStep], list[Line]]
    move: Callable[[ParameterStep], list[Line]]


def _nothing(_: ParameterStep) -> list[Line]:
    return []


def _minus_eta_times(step: ParameterStep, direction: float, start: float | None = None) -> Line:
    """Write that a parameter moves by eta times something, downwards."""
    start = step.before if start is None else start
    times = product([step.eta, direction])
    return line(f"{number(start)} − {times}", start - step.eta * direction, step.after)


def _move_sgd(step: ParameterStep) -> list[Line]:
    return [_minus_eta_times(step, step.g)]


def _remember_velocity(step: ParameterStep) -> list[Line]:
    mu, old = step.optimizer.momentum, step.old["velocity"]
    words = f"v = {product([mu, old])}{plus(step.g)}"
    return [line(words, mu * old + step.g, step.new["velocity"])]


def _move_momentum(step: ParameterStep) -> list[Line]:
    return [_minus_eta_times(step, step.new["velocity"])]


def _move_nesterov(step: ParameterStep) -> list[Line]:
    mu, v = step.optimizer.momentum, step.new["velocity"]
    words = f"{number(step.before)} − {number(step.eta)} · ({number(step.g)}{plus(mu * v)})"
    return [line(words, step.before - step.eta * (step.g + mu * v), step.after)]


def _remember_square_mean(step: ParameterStep) -> list[Line]:
    rho, old, g = step.optimizer.rho, step.old["square_mean"], step.g
    words = f"s = {product([rho, old])} + {number(1 - rho)} · ({number(g)})²"
    return [line(words, rho * old + (1 - rho) * g * g, step.new["square_mean"])]


def _move_rmsprop(step: ParameterStep) -> list[Line]:
    root = math.sqrt(step.new["square_mean"])
    direction = step.g / (root + step.optimizer.epsilon)
    words = _move_in_words(step, step.before, step.g, root)
    return [line(words, step.before - step.eta * direction, step.after)]


def _move_in_words(step: ParameterStep, start: float, mean: float, root: float) -> str:
    """Write the step against a mean of the gradients, divided by the root of that of their squares.

    Epsilon is written out: without it, a weight that never had a gradient would read 0 / 0.
    """
    divisor = f"({number(root)} + {step.optimizer.epsilon:g})"
    return f"{number(start)} − {number(step.eta)} · ({number(mean)}) / {divisor}"


def _remember_sums(step: ParameterStep) -> list[Line]:
    optimizer, old, new, g = step.optimizer, step.old, step.new, step.g
    first, second = optimizer.beta1 * old["sum"] + g, optimizer.beta2 * old["square_sum"] + g * g
    words = f"s = {product([optimizer.beta1, old['sum']])}{plus(g)}"
    squares = f"q = {product([optimizer.beta2, old['square_sum']])} + ({number(g)})²"
    return [line(words, first, new["sum"]), line(squares, second, new["square_sum"])]


def _move_adam(step: ParameterStep, start: float | None = None) -> list[Line]:
    """Write the step with the means that the sums stand for: (1 - beta) / (1 - beta**t) of them."""
    optimizer, start = step.optimizer, step.before if start is None else start
    m = step.new["sum"] * (1 - optimizer.beta1) / (1 - optimizer.beta1**optimizer.time)
    v = step.new["square_sum"] * (1 - optimizer.beta2) / (1 - optimizer.beta2**optimizer.time)
    root = math.sqrt(v)
    words = _move_in_words(step, start, m, root)
    left = start - step.eta * m / (root + optimizer.epsilon)
    return [line(words, left, step.after)]


def _move_adamw(step: ParameterStep) -> list[Line]:
    if step.name == "b":
        return _move_adam(step)
    decay = step.eta * step.optimizer.weight_decay
    shrunk = step.before * (1 - decay)
    words = f"{number(step.before)} · (1 − {number(step.eta)} · {step.optimizer.weight_decay:g})"
    return [line(words, shrunk, shrunk), *_move_adam(step, shrunk)]


_DOWN = "self.network.parameters -= self.scratch"
_VELOCITY = ("self.velocity *= self.momentum", "self.velocity += gradient")
_SUMS = (
    "self.sum *= self._beta1",
    "self.sum += gradient",
    "self.square_sum *= self._beta2",
    "np.multiply(gradient, gradient, out=self.scratch)",
    "self.square_sum += self.scratch",
)
_ADAM_MOVES = SourceMark(
    Adam.step,
    (
        "m_scale = (1 - self.beta1)",
        "v_scale = math.sqrt(",
        "roots = np.sqrt(",
        "np.divide(self.sum, roots",
        "self.scratch *= self._scalar",
        _DOWN,
    ),
)
_ADAM_MEMORY = (
    r"s \leftarrow \beta_1 s + g, \quad q \leftarrow \beta_2 q + g^2, "
    r"\quad \hat m = \tfrac{1-\beta_1}{1-\beta_1^t}\, s, "
    r"\quad \hat v = \tfrac{1-\beta_2}{1-\beta_2^t}\, q"
)
_ADAM_UPDATE = r"\theta \leftarrow \theta - \eta\, \frac{\hat m}{\sqrt{\hat v} + \varepsilon}"

OPTIMIZER_STEPS: dict[type[Optimizer], OptimizerStep] = {
    SGD: OptimizerStep(
        "",
        r"\theta \leftarrow \theta - \eta\, g",
        (),
        (SourceMark(SGD.step, ("np.multiply(gradient, self.eta", _DOWN)),),
        _nothing,
        _move_sgd,
    ),
    Momentum: OptimizerStep(
        r"v \leftarrow \mu v + g",
        r"\theta \leftarrow \theta - \eta\, v",
        (SourceMark(Momentum.step, _VELOCITY),),
        (SourceMark(Momentum.step, ("np.multiply(self.velocity, self.eta", _DOWN)),),
        _remember_velocity,
        _move_momentum,
    ),
    Nesterov: OptimizerStep(
        r"v \leftarrow \mu v + g",
        r"\theta \leftarrow \theta - \eta\, (g + \mu v)",
        (SourceMark(Nesterov.step, _VELOCITY),),
        (
            SourceMark(
                Nesterov.step,
                (
                    "np.multiply(self.velocity, self.momentum",
                    "self.scratch += gradient",
                    "self.scratch *= self.eta",
                    _DOWN,
                ),
            ),
        ),
        _remember_velocity,
        _move_nesterov,
    ),
    RMSProp: OptimizerStep(
        r"s \leftarrow \rho s + (1 - \rho)\, g^2",
        r"\theta \leftarrow \theta - \eta\, \frac{g}{\sqrt{s} + \varepsilon}",
        (
            SourceMark(
                RMSProp.step,
                (
                    "self.square_mean *= self.rho",
                    "np.multiply(gradient, gradient",
                    "self.scratch *= 1 - self.rho",
                    "self.square_mean += self.scratch",
                ),
            ),
        ),
        (
            SourceMark(
                RMSProp.step,
                (
                    "np.sqrt(self.square_mean",
                    "self.scratch += self.epsilon",
                    "np.divide(gradient, self.scratch",
                    "self.scratch *= self.eta",
                    _DOWN,
                ),
            ),
        ),
        _remember_square_mean,
        _move_rmsprop,
    ),
    Adam: OptimizerStep(
        _ADAM_MEMORY,
        _ADAM_UPDATE,
        (SourceMark(Adam.step, _SUMS),),
        (_ADAM_MOVES,),
        _remember_sums,
        _move_adam,
    ),
    AdamW: OptimizerStep(
        _ADAM_MEMORY,
        r"w \leftarrow w\,(1 - \eta\lambda), \quad " + _ADAM_UPDATE,
        (SourceMark(Adam.step, _SUMS),),
        (SourceMark(AdamW.step, ("weights *= 1 - self.eta * self.weight_decay",)), _ADAM_MOVES),
        _remember_sums,
        _move_adamw,
    ),
}
