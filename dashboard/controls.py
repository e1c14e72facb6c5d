"""The settings in the sidebar: the same on every page, and all of them in the link."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

import streamlit as st
from pydantic import ValidationError

from dashboard import session
from dashboard.samples import PARTS
from dashboard.text import plain
from dashboard.training import PACES
from data.datasets import DATASETS
from data.scaling import SCALERS
from experiments.config import LIMITS, RunConfig, explain, parse_field
from experiments.run import optimizer_settings, plan
from mlp.activations import ACTIVATIONS, OUTPUTS
from mlp.initializers import INITIALIZERS
from mlp.losses import losses_for
from mlp.optimizers import OPTIMIZERS

LEARNING_RATES = [float(f"{digit}e{power}") for power in range(-5, 3) for digit in (1, 2, 3, 5)]
LEARNING_RATES.append(1000.0)  # steps of about a half, over eight powers of ten

VIEW_CHOICES: dict[str, tuple[str, ...]] = {  # in the link, but not part of a run
    session.PACE: PACES,
    session.LOG_LOSS: ("true", "false"),
    session.PART: PARTS,
    session.CLASSES: (),  # depend on the dataset
}

Values = dict[str, Any]


def draw() -> None:
    """Draw the settings, and remember the config they make or what is wrong with them."""
    requested = st.query_params.to_dict()
    with st.sidebar:
        values = _draw_network() | _draw_training()
        with st.expander("More settings", icon=":material/tune:"):
            values |= _draw_more(values["optimizer"])
        _understand(values)
    if session.notices() is None:
        session.set_notices(_unmet_wishes(requested, values))


def show_problems() -> None:
    """Say what is wrong with the settings or with the link, above the page."""
    for problem in session.problems():
        st.error(plain(problem), icon=":material/error:")
    for notice in session.notices() or []:
        st.warning(plain(notice), icon=":material/link_off:")


def _draw_network() -> Values:
    st.subheader("Network")
    return {
        "dataset": _choice("dataset", "Dataset", DATASETS, "What the network learns to read."),
        "hidden_layers": st.text_input(
            "Hidden layers",
            value=", ".join(map(str, _default("hidden_layers"))),
            placeholder="none: single-layer perceptron",
            help="Units of each hidden layer, from input to output, such as 64, 32. "
            "Empty gives the single-layer perceptron.",
            **_bound("hidden_layers"),
        ),
        "activation": _choice(
            "activation", "Activation", ACTIVATIONS, "What a hidden unit does with its input z."
        ),
        "output": (
            output := _choice(
                "output",
                "Output",
                OUTPUTS,
                "What the last layer does. Softmax gives probabilities that add up to 1.",
            )
        ),
        "loss": _choice(
            "loss",
            "Loss",
            losses_for(output),
            "What training makes small. Only losses that go with the output are listed.",
        ),
    }


def _draw_training() -> Values:
    st.subheader("Training")
    rates = _learning_rates()
    values = {
        "optimizer": _choice(
            "optimizer", "Optimizer", OPTIMIZERS, "How the parameters follow the gradient."
        ),
        "learning_rate": st.select_slider(
            "Learning rate",
            list(rates),
            value=_default("learning_rate"),
            format_func=rates.__getitem__,
            help="Length of a step, on a logarithmic scale. Usual: 0.1 for sgd, 0.001 to 0.01 "
            "for adam. Too long a step, and training diverges.",
            **_bound("learning_rate"),
        ),
        "full_batch": st.toggle(
            "Full batch",
            value=_default("full_batch"),
            help="All training samples in one step: an exact gradient, and few steps.",
            **_bound("full_batch"),
        ),
    }
    values["batch_size"] = _number(
        "batch_size",
        "Batch size",
        "Samples a step. Small batches make many, noisy steps.",
        disabled=values["full_batch"],
    )
    values["epochs"] = _number("epochs", "Epochs", "How many times training sees every sample.")
    values["seed"] = _number(
        "seed",
        "Seed",
        "Decides the split, the first weights and the order of the samples. "
        "The same seed gives the same run.",
    )
    return values


def _draw_more(optimizer: str) -> Values:
    used = optimizer_settings(optimizer)
    values = {
        "momentum": _fraction(
            "momentum",
            "Momentum",
            0.01,
            "Share of the last step that goes on, with the optimizers momentum and nesterov.",
            disabled="momentum" not in used,
        ),
        "weight_decay": _fraction(
            "weight_decay",
            "Weight decay",
            0.005,
            "How fast the weights shrink by themselves, with the optimizer adamw.",
            disabled="weight_decay" not in used,
        ),
    }
    values |= {
        name: st.number_input(
            f"{name.upper()} penalty",
            min_value=LIMITS[name][0],
            max_value=LIMITS[name][1],
            value=_default(name),
            step=1e-4,
            format="%g",
            help=f"Strength of {formula} in the loss, over all weights and no biases.",
            **_bound(name),
        )
        for name, formula in (("l1", "the sum of |w|"), ("l2", "half the sum of w²"))
    }
    return values | {
        "weight_init": _choice(
            "weight_init",
            "First weights",
            INITIALIZERS,
            "How large the random weights are before training. "
            "he suits relu; xavier suits tanh and sigmoid.",
        ),
        "scaling": _choice(
            "scaling",
            "Scaling",
            SCALERS,
            "pixel divides by the largest value; z-score gives every pixel mean 0 and spread 1 "
            "over the training samples.",
        ),
        "validation_fraction": _fraction(
            "validation_fraction",
            "Validation part",
            0.05,
            "Share of the samples held out to watch training with.",
        ),
        "test_fraction": _fraction(
            "test_fraction",
            "Test part",
            0.05,
            "Share of the samples held out until the end, for the result.",
        ),
    }


def _understand(values: Values) -> None:
    """Turn the values into a config, say how large the run will be, remember the problems."""
    try:
        config = RunConfig(**values)
        size = plan(config)
    except ValidationError as error:
        session.set_config(None, explain(error))
    except ValueError as error:
        session.set_config(None, [str(error)])
    else:
        session.set_config(config, [])
        st.caption(
            f"**{'-'.join(map(str, size.sizes))}**: {size.n_parameters:,} parameters, "
            f"{size.n_training:,} training samples, {size.steps_per_epoch:,} "
            f"{'step' if size.steps_per_epoch == 1 else 'steps'} an epoch"
        )


def _unmet_wishes(requested: Mapping[str, str], values: Values) -> list[str]:
    """Say which settings of the link could not be followed; a text field shows its own."""
    unknown = sorted(requested.keys() - RunConfig.model_fields.keys() - VIEW_CHOICES.keys())
    names = ", ".join(f"'{name[:40]}'" for name in unknown[:5])
    notices = [f"The link asks for settings that do not exist: {names}."] if unknown else []
    for name, choices in VIEW_CHOICES.items():
        if choices and requested.get(name, choices[0]) not in choices:
            asked = f"The link asks for {name.replace('_', ' ')} '{requested[name][:40]}'."
            notices.append(f"{asked} Choose one of: {', '.join(choices)}.")
    for field in sorted(requested.keys() & values.keys() - {"hidden_layers"}):
        asked, used = requested[field], values[field]
        try:
            understood = parse_field(field, asked)
            reason = "" if understood == used else "That is not a choice here."
        except ValueError as error:
            reason = str(error)
        if reason:
            name = field.replace("_", " ")
            notices.append(f"The link asks for {name} '{asked[:40]}'. {reason} Used: {used}.")
    return notices


def _learning_rates() -> dict[float, str]:
    """Return the stops of the slider, and how each is written.

    What the link asks for is one of them, in the spelling of the link: Streamlit looks for
    the very text among the choices, and 1e-3 may stand for 0.001.
    """
    stops = {rate: f"{rate:.5f}".rstrip("0").rstrip(".") for rate in LEARNING_RATES}
    asked = st.query_params.get("learning_rate", "")
    with suppress(ValueError):
        stops[parse_field("learning_rate", asked)] = asked
    return dict(sorted(stops.items()))


def _default(field: str) -> Any:
    return RunConfig.model_fields[field].default


def _bound(field: str) -> Values:
    """Keep a control's value in the link and in the session, under the field's name."""
    return {"key": field, "bind": "query-params", "on_change": session.forget_notices}


def _choice(field: str, label: str, options: Iterable[str], help_text: str) -> Any:
    options, default = list(options), _default(field)
    index = options.index(default) if default in options else 0
    return st.selectbox(label, options, index=index, help=help_text, **_bound(field))


def _number(field: str, label: str, help_text: str, *, disabled: bool = False) -> Any:
    low, high = LIMITS[field]
    return st.number_input(
        label,
        min_value=int(low),
        max_value=int(high),
        value=_default(field),
        help=f"{help_text} From {low:,} to {high:,}.",
        disabled=disabled,
        **_bound(field),
    )


def _fraction(
    field: str, label: str, step: float, help_text: str, *, disabled: bool = False
) -> Any:
    low, high = LIMITS[field]
    return st.slider(
        label,
        low,
        high,
        value=_default(field),
        step=step,
        help=help_text,
        disabled=disabled,
        **_bound(field),
    )
