"""The settings in the sidebar: the same on every page, and all of them in the link."""

from collections.abc import Mapping
from typing import Any

import streamlit as st
from cachetools import TTLCache
from pydantic import ValidationError

from dashboard import session
from dashboard.settings import apply, change_dataset
from dashboard.shell.link_requests import requests_of_link, unmet_requests
from dashboard.shell.setting_controls import draw_setting, draw_settings
from dashboard.text import plain
from data.datasets import Dataset
from data.download import ORIGINALS, DownloadError, fetch, is_at_hand
from data.own import READERS, inverted, load_own
from experiments.background.limits import check_affordable
from experiments.config import (
    GROUPS,
    OWN,
    PLANE,
    SETTINGS,
    RunConfig,
    default_of,
    explain,
    is_in_plane,
    parse_field,
)
from experiments.presets import PRESETS
from experiments.setting_kinds import Setting, Values
from experiments.training.plan import plan

CUSTOM = "Custom"  # in place of a preset: settings that no preset has
UPLOAD_FIRST = (
    "Choose a file in the sidebar: a table, arrays, or images, with a label for each sample."
)
PLACE_FIRST = (
    "Place points by hand below, at least 4 of each of two classes, or choose a table with two "
    "columns and a label in the sidebar."
)
DEFAULTS = "digits"  # the preset that a first visit begins with: it needs no word
RETRY_SECONDS = 30.0  # after a download that failed


def draw() -> None:
    """Draw the settings, and remember the config they make or what is wrong with them."""
    requested = requests_of_link()
    with st.sidebar:
        top = st.container()
        values = _draw_settings(requested)
        with top:
            _draw_presets()
    if session.notices() is None:
        session.set_notices(unmet_requests(requested, values))
        if session.notices():
            st.rerun()  # so that every control is bound to what is left of the link


def _draw_settings(requested: Mapping[str, str]) -> Values:
    """Draw the basic settings, and all others in a place to unfold; return their values."""
    values: Values = {"dataset": draw_setting("dataset", {}, on_change=change_dataset)}
    if values["dataset"] == OWN:
        _draw_upload()
    values = _draw_plane(values)
    basic = [name for name, setting in SETTINGS.items() if setting.is_basic]
    values = draw_settings(basic[1:], values)  # the dataset is the first
    changed = _changed_settings(requested, values["dataset"])
    title = _with_count("All settings", len(changed))
    with st.expander(title, icon=":material/tune:", key=session.ALL_SETTINGS):
        for i, group in enumerate(GROUPS):
            folded = [n for n, s in SETTINGS.items() if s.group is group and not s.is_basic]
            title = _with_count(group.title, len(changed.intersection(folded)))
            key = session.key_of(session.SETTINGS_GROUP, i)  # with one, it stays open
            with st.expander(title, icon=group.icon, type="compact", key=key):
                values = draw_settings(folded, values)
    _understand(values)
    return values


def _draw_plane(values: Values) -> Values:
    """Draw the settings of points in the plane, if there are any; return the values with theirs."""
    own, is_own = session.own(), values["dataset"] == OWN
    if not (own is not None and own.n_features == 2 if is_own else is_in_plane(values)):
        return values
    st.markdown(f"{PLANE.icon} **{PLANE.title}**")
    used = (n for n, s in SETTINGS.items() if s.group is PLANE and s.is_used(values))
    return draw_settings(used, values)


def _changed_settings(requested: Mapping[str, str], dataset: str) -> set[str]:
    """Return the folded settings that are not at the default for the dataset.

    Parameters
    ----------
    requested : the texts of the link, which count until the controls have read them
    """
    own = session.own()
    folded = (name for name, each in SETTINGS.items() if _is_folded(each))
    defaults = {name: default_of(name, dataset, own) for name in folded}
    return {
        name
        for name, default in defaults.items()
        if not _means(name, session.value(name, requested.get(name, default)), default)
    }


def _is_folded(setting: Setting) -> bool:
    """Say whether a setting is in the place to unfold: one of the groups there."""
    return setting.group in GROUPS and not setting.is_basic


def _means(name: str, given: Any, value: Any) -> bool:
    """Say whether what is given for a setting means a value, or nothing."""
    try:
        return bool(parse_field(name, given) == value)
    except ValueError:
        return True


def _with_count(title: str, n_changed: int) -> str:
    return f"{title} :primary-badge[{n_changed} changed]" if n_changed else title


def show_problems() -> None:
    """Say what is wrong with the settings or with the link, above the page."""
    with st.container():  # so that nothing below moves when something is said
        if session.lacks_data() and not session.tab().own_problem:
            words = PLACE_FIRST if session.tab().is_in_playground else UPLOAD_FIRST
            st.info(words, icon=":material/upload_file:")
        else:
            for problem in session.problems():
                st.error(plain(problem), icon=":material/error:")
        for notice in session.notices() or []:
            st.warning(plain(notice), icon=":material/link_off:")


def _draw_presets() -> None:
    """Offer the networks that have a name, and say what makes the chosen one interesting."""
    names = {preset.config: name for name, preset in PRESETS.items()}
    now = CUSTOM if session.problems() else names.get(session.config(), CUSTOM)
    session.set_value(session.PRESET, now)
    st.selectbox(
        "Preset",
        [CUSTOM, *PRESETS] if now == CUSTOM else list(PRESETS),
        key=session.PRESET,
        format_func=lambda name: PRESETS[name].title if name in PRESETS else name,
        on_change=_apply_preset,
        help="Settings with a name, many of them published. Choosing one changes all settings "
        "below.",
    )
    if now in PRESETS and now != DEFAULTS:
        st.caption(f"`{now}`: {PRESETS[now].why}")


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
        "a folder for each class (.zip). The columns of a table are scaled one by one, with "
        "z-score, unless you choose otherwise. The data are kept in the memory of this server "
        "alone, and not for long after the page is closed.",
    )
    if own := session.own():
        st.caption(f"In use: {plain(own.title)}, {own.n_samples:,} samples")
        if own.image_shape:
            _draw_polarity(own)


def _draw_polarity(own: Dataset) -> None:
    """Say whether images are inverted, and let the reader decide."""
    is_inverted = own.inverted_from is not None
    session.set_value(session.INVERTED, is_inverted)
    st.toggle(
        "Invert images",
        key=session.INVERTED,
        on_change=_invert_own,
        help="A network learns best from ink that is high on a background of 0, as in MNIST. "
        "Images with a light border are inverted at once.",
    )
    st.caption("Dark on light, so inverted: ink is high." if is_inverted else "Used as recorded.")


def _invert_own() -> None:
    tab = session.tab()
    if tab.own:
        tab.own = inverted(tab.own)


def _take_own() -> None:
    """Load the uploaded file, or drop the data of one that was removed."""
    tab, file, before = session.tab(), session.value(session.UPLOAD), session.own()
    session.forget_notices()
    tab.own, tab.own_problem = None, ""
    if file is not None:
        try:
            tab.own = load_own((file.name, file.getvalue()))
        except ValueError as error:
            tab.own_problem = str(error)
    if session.value("scaling") == default_of("scaling", OWN, before):
        session.set_value("scaling", default_of("scaling", OWN, tab.own))


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
