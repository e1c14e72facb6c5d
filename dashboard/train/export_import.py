"""A run to download, and a model to load."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import streamlit as st

from dashboard import session, settings, training_actions
from dashboard.components.link_box import draw_link_to
from dashboard.text import plain
from experiments.config import RunConfig
from experiments.export.history_csv import history_to_csv
from experiments.export.model_file import load_model, restore_run, run_to_bytes
from experiments.export.notebook import to_notebook
from experiments.export.script import OWN_FILE, samples_to_npz, to_script
from experiments.export.short_script import to_short_script
from experiments.training.run import Run

FINE_TUNED = (
    "There is no script and no link for this run: it was fine-tuned, and they would hold neither "
    "the network that it began with nor your drawings. The model has what it has learned."
)

EDITED = (
    "There is no script and no link for this run: weights were set or frozen by hand, and they "
    "would not hold that. The model has what it has learned."
)


def draw(run: Run | None) -> None:
    """Draw the downloads of a run that is over, and the upload of a saved model."""
    with st.expander("Export and import", icon=":material/import_export:"):
        if run is None or not run.history:
            st.write(
                "Train a network first; its model, curves and script can then be downloaded here."
            )
        else:
            _draw_downloads(run)
            _draw_link(run)
        _draw_upload()


class Download(NamedTuple):
    """A file to download: its label, name and icon, what makes it, and what it is for."""

    label: str
    file: str
    icon: str
    content: Callable[[], str | bytes]
    meaning: str


def _downloads(run: Run) -> Iterator[Download]:
    """Yield the files of a run; there is no model of one that diverged."""
    if run.diverged is None:
        yield Download(
            "Model",
            "model.safetensors",
            ":material/neurology:",
            partial(run_to_bytes, run, _name_of(run), for_continuing=True),
            "The network with its settings, its curves and its result, and what it takes to "
            "continue the run, in the safetensors format. This page can load it; so can PyTorch, "
            "with strict=False.",
        )
    yield Download(
        "History",
        "history.csv",
        ":material/table:",
        partial(history_to_csv, run),
        "Loss, accuracy and learning rate of each epoch, as a table (.csv).",
    )
    if not _why_no_script(run):
        yield from _scripts(run)
    if run.own is not None:
        yield Download(
            "Samples",
            OWN_FILE,
            ":material/dataset:",
            partial(samples_to_npz, run.own),
            "Your own data, in the form that scripts and notebooks read.",
        )


def _scripts(run: Run) -> Iterator[Download]:
    """Yield the programs that repeat a run, from its settings and its data alone."""
    yield Download(
        "Short script",
        "short_run.py",
        ":material/article:",
        partial(to_short_script, short_config(run), run.own),
        "A Python program of fewer than 100 lines of NumPy, to be read: the same settings, "
        "samples and mathematics in plain loops. Its accuracy is nearly the same.",
    )
    yield Download(
        "Short notebook",
        "short_run.ipynb",
        ":material/auto_stories:",
        lambda: to_notebook(to_short_script(short_config(run), run.own, is_for_colab=True)),
        "The same as a notebook for Google Colab, where nothing has to be uploaded"
        + (f" but {OWN_FILE}." if run.own else "."),
    )
    yield Download(
        "Exact script",
        "run.py",
        ":material/code:",
        partial(script_of, run),
        "A standalone Python program that repeats the run, bit for bit on the same kind of "
        "machine. It needs NumPy, but not this app.",
    )
    yield Download(
        "Exact notebook",
        "run.ipynb",
        ":material/menu_book:",
        lambda: to_notebook(script_of(run)),
        "The exact script as a Jupyter notebook, cell by cell.",
    )


def _draw_downloads(run: Run) -> None:
    with st.container(horizontal=True):
        for label, file, icon, content, meaning in _downloads(run):
            st.download_button(label, content, file, on_click="ignore", icon=icon, help=meaning)


def _name_of(run: Run) -> str:
    stored = session.tab().run_store.find(run)
    return stored.name if stored else ""


def short_config(run: Run) -> RunConfig:
    """Return the settings for a short script: of a run that was stopped, so many epochs."""
    is_whole = run.early_stopped or run.is_at_end or run.config.early_stopping
    least = run.config.warmup_epochs + 1
    epochs = run.config.epochs if is_whole else max(least, run.epochs_done)
    return run.config.model_copy(update={"epochs": epochs})


def script_of(run: Run) -> str:
    """Return the script that repeats a run up to the step it has reached."""
    is_whole = run.early_stopped or run.is_at_end
    return to_script(run.initial_config, run.changes, until_step=None if is_whole else run.step)


def _why_no_script(run: Run) -> str:
    """Return why settings and data alone do not repeat a run; nothing if they do."""
    if run.is_edited:
        return EDITED
    return FINE_TUNED if run.n_new_samples else ""


def _draw_link(run: Run) -> None:
    if reason := _why_no_script(run):
        st.caption(reason)
        return
    draw_link_to(run.config, key=session.RUN_LINK)
    if run.changes:
        st.caption("Changes made during the run are in the exact script and notebook only.")


def _draw_upload() -> None:
    """Draw the upload of a saved model, and what is wrong with the last one."""
    st.file_uploader(
        "Load a model",
        type=["safetensors"],
        key=session.MODEL,
        on_change=_load_model,
        disabled=training_actions.has_unfinished_run(),
        help="A model downloaded from this page. Nothing in the file is ever executed.",
    )
    if session.tab().model_remark:
        st.caption(session.tab().model_remark)
    if session.tab().model_problem:
        st.error(plain(session.tab().model_problem), icon=":material/error:")


def _load_model() -> None:
    tab, file = session.tab(), session.value(session.MODEL)
    tab.model_problem = tab.model_remark = ""
    if file is None or training_actions.has_unfinished_run():
        return
    try:
        model = load_model(file.getvalue())
        run = restore_run(model, session.own())
    except (ValueError, OSError) as error:
        tab.model_problem = str(error)
    else:
        tab.model_remark = _remark_on(run)
        training_actions.show_loaded_run(run, model.name)
        settings.apply(run.config)


def _remark_on(run: Run) -> str:
    """Say why a loaded run cannot be continued, if it cannot."""
    if run.can_continue:
        return ""
    if run.n_new_samples:
        return (
            "Loaded. It cannot be continued: it was fine-tuned with drawings that the file does "
            "not hold."
        )
    if run.config.early_stopping:
        return "Loaded. With early stopping, a run has ended for good: it cannot be continued."
    return (
        "Loaded. It cannot be continued: the file holds the network, but not the optimizer state. "
        "Files saved by an older version, or from a very large network, do not contain it."
    )
