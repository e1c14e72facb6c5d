"""The settings in the sidebar: the same on every page, and all of them in the link."""

from collections.abc import Mapping

import streamlit as st
from cachetools import TTLCache
from pydantic import ValidationError

from dashboard import session
from dashboard.settings import apply
from dashboard.shell.link_requests import unmet_requests
from dashboard.shell.setting_controls import draw_group, draw_setting
from dashboard.text import plain
from data.download import ORIGINALS, DownloadError, fetch, is_at_hand
from data.own import READERS, load_own
from experiments.background.limits import check_affordable
from experiments.config import GROUPS, OWN, RunConfig, default_split, explain
from experiments.presets import PRESETS
from experiments.setting_kinds import Values
from experiments.training.plan import plan

OWN_PRESET = "own settings"
RETRY_SECONDS = 30.0  # after a download that failed


def draw() -> None:
    """Draw the settings, and remember the config they make or what is wrong with them."""
    requested = st.query_params.to_dict()
    _take_usual_split(requested)
    with st.sidebar:
        top = st.container()
        values = _draw_settings()
        _understand(values)
        with top:
            _draw_presets()
    if session.notices() is None:
        session.set_notices(unmet_requests(requested, values))
        if session.notices():
            st.rerun()  # so that every control is bound to what is left of the link


def _draw_settings() -> Values:
    """Draw all settings, the advanced ones in expanders; return their values."""
    values: Values = {"dataset": draw_setting("dataset", {}, on_change=_change_dataset)}
    if values["dataset"] == OWN:
        _draw_upload()
    for group in GROUPS:
        if group.is_advanced:
            with st.expander(group.title, icon=group.icon):
                values = draw_group(group, values)
        else:
            st.subheader(group.title)
            values = draw_group(group, values)
    return values


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
    for field, value in default_split(requested.get("dataset")).items():
        if field not in requested:
            session.set_value(field, value)


def _change_dataset() -> None:
    session.forget_notices()
    for field, value in default_split(session.value("dataset")).items():
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
        help="Networks with a name. Choosing one changes the settings below.",
    )
    if now in PRESETS:
        st.caption(PRESETS[now].why)


def _apply_preset() -> None:
    name = session.value(session.PRESET)
    if name in PRESETS:
        apply(PRESETS[name].config)


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
    """Load the uploaded file, or drop the data of one that was removed."""
    tab, file = session.tab(), session.value(session.UPLOAD)
    session.forget_notices()
    tab.own, tab.own_problem = None, ""
    if file is not None:
        try:
            tab.own = load_own((file.name, file.getvalue()))
        except ValueError as error:
            tab.own_problem = str(error)


def _understand(values: Values) -> None:
    """Turn the values into a config, say how large the run will be, remember the problems."""
    try:
        config = RunConfig(**values)
        _download(config.dataset)
        size = plan(config, session.own())
        check_affordable([config], session.own())
    except ValidationError as error:
        session.set_config(None, explain(error))
    except (ValueError, OSError) as error:
        own_problem = session.tab().own_problem if values["dataset"] == OWN else ""
        session.set_config(None, [own_problem or str(error)])
    else:
        session.set_config(config, [])
        st.caption(
            f"**{'-'.join(map(str, size.sizes))}**: {size.n_parameters:,} parameters, "
            f"{size.samples_in_words}, {size.steps_per_epoch:,} "
            f"{'step' if size.steps_per_epoch == 1 else 'steps'} an epoch"
        )


def _download(dataset: str) -> None:
    """Fetch the files of a dataset that has any, and show how far that is.

    Raises
    ------
    DownloadError : if they cannot be downloaded; for a while after a failure, without a new try
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
    """Return which downloads have just failed: a rerun does not wait for another failure."""
    return TTLCache(maxsize=len(ORIGINALS), ttl=RETRY_SECONDS)
