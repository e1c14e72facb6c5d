"""A run to download, and a model to load."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import streamlit as st

from dashboard import session, settings, training_actions
from dashboard.text import plain
from experiments.config import OWN
from experiments.export.history_csv import history_to_csv
from experiments.export.link import query_of
from experiments.export.model_file import load_model, restore_run, run_to_bytes
from experiments.export.notebook import to_notebook
from experiments.export.script import OWN_FILE, samples_to_npz, to_script
from experiments.training.run import Run


def draw(run: Run | None) -> None:
    """Draw the downloads of a run that is over, and the upload of a saved model."""
    with st.expander("Download the run, or load a saved model", icon=":material/download:"):
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
            partial(run_to_bytes, run),
            "The network with its settings, its curves and its result, in the safetensors "
            "format. PyTorch can read it, and this page can load it.",
        )
    yield Download(
        "History",
        "history.csv",
        ":material/table:",
        partial(history_to_csv, run),
        "Loss, accuracy and learning rate of each epoch, as a table (.csv).",
    )
    yield Download(
        "Script",
        "run.py",
        ":material/code:",
        partial(script_of, run),
        "A standalone Python program that repeats the run, bit for bit on the same kind of "
        "machine. It needs NumPy, but not this app.",
    )
    yield Download(
        "Notebook",
        "run.ipynb",
        ":material/menu_book:",
        lambda: to_notebook(script_of(run)),
        "The same as a Jupyter notebook, cell by cell.",
    )
    if run.own is not None:
        yield Download(
            "Samples",
            OWN_FILE,
            ":material/dataset:",
            partial(samples_to_npz, run.own),
            "Your own data, in the form that the script and the notebook read.",
        )


def _draw_downloads(run: Run) -> None:
    with st.container(horizontal=True):
        for label, file, icon, content, meaning in _downloads(run):
            st.download_button(label, content, file, on_click="ignore", icon=icon, help=meaning)


def script_of(run: Run) -> str:
    """Return the script that repeats a run up to the step it has reached."""
    is_whole = run.early_stopped or run.is_at_end
    return to_script(run.initial_config, run.changes, until_step=None if is_whole else run.step)


def _draw_link(run: Run) -> None:
    address = (st.context.url or "").split("?")[0]
    st.code(address + query_of(run.config), language=None, wrap_lines=True)
    words = "This link opens the same settings"
    if run.config.dataset == OWN:
        words += "; your own data have to be uploaded again"
    if run.changes:
        words += "; changes made during the run are in the script only"
    st.caption(f"{words}.")


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
    if session.tab().model_problem:
        st.error(plain(session.tab().model_problem), icon=":material/error:")


def _load_model() -> None:
    tab, file = session.tab(), session.value(session.MODEL)
    tab.model_problem = ""
    if file is None or training_actions.has_unfinished_run():
        return
    try:
        run = restore_run(load_model(file.getvalue()), session.own())
    except (ValueError, OSError) as error:
        tab.model_problem = str(error)
    else:
        training_actions.show_loaded_run(run)
        settings.apply(run.config)
