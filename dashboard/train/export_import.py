"""What a reader can take home of a run, and bring back."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import streamlit as st

from dashboard import session, settings, training_actions
from dashboard.text import plain
from experiments.config import OWN
from experiments.export.history_csv import history_to_csv
from experiments.export.link import query_of
from experiments.export.model_file import load_model, revive, run_to_bytes
from experiments.export.notebook import to_notebook
from experiments.export.script import OWN_FILE, samples_to_npz, to_script
from experiments.training.run import Run


def draw(run: Run | None) -> None:
    """Draw the downloads of a run that is over, and the way back for a model."""
    with st.expander("Take the run home, or bring one back", icon=":material/download:"):
        if run is None or not run.history:
            st.write("Train a network first; then its model, its curves and its script are here.")
        else:
            _draw_downloads(run)
            _draw_link(run)
        _draw_upload()


class Download(NamedTuple):
    """A file that a run can be taken home as."""

    label: str
    file: str
    icon: str
    content: Callable[[], str | bytes]
    meaning: str


def _downloads(run: Run) -> Iterator[Download]:
    if run.diverged is None:
        yield Download(
            "Model",
            "model.safetensors",
            ":material/neurology:",
            partial(run_to_bytes, run),
            "The network with its settings, its curves and its result, in the safetensors "
            "format. PyTorch reads it, and this page takes it back.",
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
        "A Python program of its own that makes the same run, bit for bit on the same kind of "
        "machine: with NumPy, and without this app.",
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
            "Your own data as the script and the notebook read them.",
        )


def _draw_downloads(run: Run) -> None:
    with st.container(horizontal=True):
        for label, file, icon, content, meaning in _downloads(run):
            st.download_button(label, content, file, on_click="ignore", icon=icon, help=meaning)


def script_of(run: Run) -> str:
    """Return the script that makes a run again, as far as it came."""
    is_whole = run.early_stopped or run.is_at_end
    return to_script(run.initial_config, run.changes, until_step=None if is_whole else run.step)


def _draw_link(run: Run) -> None:
    address = (st.context.url or "").split("?")[0]
    st.code(address + query_of(run.config), language=None, wrap_lines=True)
    words = "This link opens the same settings"
    if run.config.dataset == OWN:
        words += "; your own data have to be given again"
    if run.changes:
        words += "; what was changed while the run was on its way is in the script only"
    st.caption(f"{words}.")


def _draw_upload() -> None:
    st.file_uploader(
        "Bring a model back",
        type=["safetensors"],
        key=session.MODEL,
        on_change=_take_model,
        disabled=training_actions.is_under_way(),
        help="A model that was saved here. Nothing in the file is ever executed.",
    )
    if session.tab().model_problem:
        st.error(plain(session.tab().model_problem), icon=":material/error:")


def _take_model() -> None:
    tab, file = session.tab(), session.value(session.MODEL)
    tab.model_problem = ""
    if file is None or training_actions.is_under_way():
        return
    try:
        run = revive(load_model(file.getvalue()), session.own())
    except (ValueError, OSError) as error:
        tab.model_problem = str(error)
    else:
        training_actions.bring_back(run)
        settings.apply(run.config)
