"""The settings in the sidebar: the same on every page, and all of them in the link."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

import streamlit as st
from cachetools import TTLCache
from pydantic import ValidationError

from dashboard import session
from dashboard.settings import LEARNING_RATES, VIEW_CHOICES, apply
from dashboard.text import plain
from data.download import ORIGINALS, DownloadError, fetch, is_at_hand
from data.own import READERS, load_own
from experiments.config import (
    CHOICES,
    LIMITS,
    MEANINGS,
    OWN,
    RunConfig,
    explain,
    meaning_of,
    parse_field,
    usual_split,
)
from experiments.presets import PRESETS
from experiments.training.plan import optimizer_settings, plan
from mlp.losses import losses_for
from mlp.schedules import SHAPES

OWN_PRESET = "own settings"
RETRY_SECONDS = 30.0  # after a download that failed

Values = dict[str, Any]


def draw() -> None:
    """Draw the settings, and remember the config they make or what is wrong with them."""
    requested = st.query_params.to_dict()
    _take_usual_split(requested)
    with st.sidebar:
        top = st.container()
        values = _draw_dataset() | _draw_network() | _draw_training()
        with st.expander("Steps", icon=":material/stairs:"):
            values |= _draw_steps(values["optimizer"])
        with st.expander("Against overfitting", icon=":material/shield:"):
            values |= _draw_restraints()
        with st.expander("Data and first weights", icon=":material/tune:"):
            values |= _draw_data()
        _understand(values)
        with top:
            _draw_presets()
    if session.notices() is None:
        session.set_notices(_unmet_wishes(requested, values))


def show_problems() -> None:
    """Say what is wrong with the settings or with the link, above the page."""
    with st.container():  # so that nothing below moves when something is said
        for problem in session.problems():
            st.error(plain(problem), icon=":material/error:")
        for notice in session.notices() or []:
            st.warning(plain(notice), icon=":material/link_off:")


def _take_usual_split(requested: Mapping[str, str]) -> None:
    """Begin with the split that the dataset of the link is usually given."""
    if session.value("dataset") is not None:
        return
    for field, value in usual_split(requested.get("dataset")).items():
        if field not in requested:
            session.set_value(field, value)


def _change_dataset() -> None:
    session.forget_notices()
    for field, value in usual_split(session.value("dataset")).items():
        session.set_value(field, value)


def _draw_presets() -> None:
    """Offer the networks that have a name, and say what makes the chosen one interesting."""
    names = {preset.config: name for name, preset in PRESETS.items()}
    now = OWN_PRESET if session.problems() else names.get(session.config(), OWN_PRESET)
    session.set_value(session.PRESET, now)
    st.selectbox(
        "Preset",
        [OWN_PRESET, *PRESETS] if now == OWN_PRESET else list(PRESETS),
        key=session.PRESET,
        on_change=_apply_preset,
        help="Networks worth meeting. Choosing one changes the settings below.",
    )
    if now in PRESETS:
        st.caption(PRESETS[now].why)


def _apply_preset() -> None:
    name = session.value(session.PRESET)
    if name in PRESETS:
        apply(PRESETS[name].config)


def _draw_dataset() -> Values:
    settings = _bound("dataset") | {"on_change": _change_dataset}
    dataset = st.selectbox("Dataset", list(CHOICES["dataset"]), **settings)
    if dataset == OWN:
        _draw_upload()
    return {"dataset": dataset}


def _draw_upload() -> None:
    """Take in the reader's own data, or say what is wrong with them."""
    st.file_uploader(
        "Your data",
        type=[suffix.removeprefix(".") for suffix in READERS],
        key=session.UPLOAD,
        on_change=_take_own,
        help="A table (.csv, with a column 'label'), arrays (.npz with X and y), or images in "
        "a folder for each class (.zip). They are kept in the memory of this server alone, and not "
        "for long after the page is closed.",
    )
    if own := session.own():
        st.caption(f"In use: {plain(own.title)}, {own.n_samples:,} samples")


def _take_own() -> None:
    """Take the file that was given, or let go of the one that was taken away."""
    tab, file = session.tab(), session.value(session.UPLOAD)
    session.forget_notices()
    tab.own, tab.own_problem = None, ""
    if file is not None:
        try:
            tab.own = load_own((file.name, file.getvalue()))
        except ValueError as error:
            tab.own_problem = str(error)


def _draw_network() -> Values:
    st.subheader("Network")
    return {
        "hidden_layers": st.text_input(
            "Hidden layers",
            value=", ".join(map(str, _default("hidden_layers"))),
            placeholder="none: single-layer perceptron",
            **_bound("hidden_layers"),
        ),
        "activation": _choice("activation", "Activation"),
        "output": (output := _choice("output", "Output")),
        "loss": _choice("loss", "Loss", losses_for(output)),
    }


def _draw_training() -> Values:
    st.subheader("Training")
    rates = _learning_rates()
    values = {
        "optimizer": _choice("optimizer", "Optimizer"),
        "learning_rate": st.select_slider(
            "Learning rate",
            list(rates),
            value=_default("learning_rate"),
            format_func=rates.__getitem__,
            **_bound("learning_rate"),
        ),
        "full_batch": _switch("full_batch", "Full batch"),
    }
    values["batch_size"] = _number("batch_size", "Batch size", disabled=values["full_batch"])
    values["epochs"] = _number("epochs", "Epochs")
    values["seed"] = _number("seed", "Seed")
    return values


def _draw_steps(optimizer: str) -> Values:
    used = optimizer_settings(optimizer)
    values = {
        "momentum": _fraction("momentum", "Momentum", 0.01, disabled="momentum" not in used),
        "weight_decay": _fraction(
            "weight_decay", "Weight decay", 0.005, disabled="weight_decay" not in used
        ),
        "schedule": (schedule := _choice("schedule", "Schedule")),
    }
    decays = SHAPES[schedule].decays
    return values | {
        "decay": _amount("decay", "Decay", 0.05, disabled=not decays),
        "decay_every": _number("decay_every", "Epochs between decays", disabled=not decays),
        "warmup_epochs": _number("warmup_epochs", "Warm-up epochs"),
        "shuffle": _switch("shuffle", "Shuffle"),
    }


def _draw_restraints() -> Values:
    values = {
        "dropout": _fraction("dropout", "Dropout", 0.05),
        "max_norm": _amount("max_norm", "Max-norm", 0.5),
        "l1": _amount("l1", "L1 penalty", 1e-4),
        "l2": _amount("l2", "L2 penalty", 1e-4),
        "early_stopping": (stops := _switch("early_stopping", "Early stopping")),
    }
    return values | {"patience": _number("patience", "Patience", disabled=not stops)}


def _draw_data() -> Values:
    return {
        "weight_init": _choice("weight_init", "First weights"),
        "bias_init": _choice("bias_init", "First biases"),
        "scaling": _choice("scaling", "Scaling"),
        "class_weight": _choice("class_weight", "Class weights"),
        "split": _choice("split", "Split"),
        "validation_fraction": _fraction("validation_fraction", "Validation part", 0.05),
        "test_fraction": _fraction("test_fraction", "Test part", 0.05),
    }


def _understand(values: Values) -> None:
    """Turn the values into a config, say how large the run will be, remember the problems."""
    try:
        config = RunConfig(**values)
        _download(config.dataset)
        size = plan(config, session.own())
    except ValidationError as error:
        session.set_config(None, explain(error))
    except (ValueError, OSError) as error:
        own_problem = session.tab().own_problem if values["dataset"] == OWN else ""
        session.set_config(None, [own_problem or str(error)])
    else:
        session.set_config(config, [])
        st.caption(
            f"**{'-'.join(map(str, size.sizes))}**: {size.n_parameters:,} parameters, "
            f"{size.n_training:,} training samples, {size.steps_per_epoch:,} "
            f"{'step' if size.steps_per_epoch == 1 else 'steps'} an epoch"
        )


def _download(dataset: str) -> None:
    """Fetch the files of a dataset that has any, and show how far that is.

    Raises
    ------
    DownloadError : if they are not to be had; asked again too soon, at once
    """
    if dataset not in ORIGINALS or is_at_hand(dataset):
        return
    if failure := _download_failures().get(dataset):
        raise failure
    bar = st.progress(0.0, text=f"Downloading {dataset}, once for everyone")
    try:
        fetch(dataset, progress=lambda done, total: bar.progress(min(done / max(total, 1), 1.0)))
    except DownloadError as error:
        _download_failures()[dataset] = error
        raise
    finally:
        bar.empty()


@st.cache_resource(show_spinner=False)
def _download_failures() -> TTLCache[str, DownloadError]:
    """Return which downloads have just failed: no control waits for the next failure."""
    return TTLCache(maxsize=len(ORIGINALS), ttl=RETRY_SECONDS)


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
    for asked in (str(_current("learning_rate")), st.query_params.get("learning_rate", "")):
        with suppress(ValueError):
            stops[parse_field("learning_rate", asked)] = asked
    return dict(sorted(stops.items()))


def _current(field: str) -> Any:
    return session.value(field, _default(field))


def _default(field: str) -> Any:
    return RunConfig.model_fields[field].default


def _bound(field: str) -> Values:
    """Keep a control's value in the link and in the session, and say what it means."""
    return {
        "key": field,
        "bind": "query-params",
        "on_change": session.forget_notices,
        "help": _help(field),
    }


def _help(field: str) -> str:
    """Return what a setting means; a list or a slider shows its choices by itself."""
    return MEANINGS[field] if field in CHOICES else meaning_of(field)


def _choice(field: str, label: str, options: Iterable[str] = ()) -> Any:
    options, default = list(options or CHOICES[field]), _default(field)
    index = options.index(default) if default in options else 0
    return st.selectbox(label, options, index=index, **_bound(field))


def _switch(field: str, label: str) -> bool:
    return st.toggle(label, value=_default(field), **_bound(field))


def _number(field: str, label: str, *, disabled: bool = False) -> Any:
    low, high = LIMITS[field]
    return st.number_input(
        label,
        min_value=int(low),
        max_value=int(high),
        value=_default(field),
        disabled=disabled,
        **_bound(field),
    )


def _amount(field: str, label: str, step: float, *, disabled: bool = False) -> Any:
    low, high = LIMITS[field]
    return st.number_input(
        label,
        min_value=low,
        max_value=high,
        value=_default(field),
        step=step,
        format="%g",
        disabled=disabled,
        **_bound(field),
    )


def _fraction(field: str, label: str, step: float, *, disabled: bool = False) -> Any:
    low, high = LIMITS[field]
    return st.slider(
        label, low, high, value=_default(field), step=step, disabled=disabled, **_bound(field)
    )
