"""Download the gallery, bring one back, delete all of it."""

from functools import partial

import streamlit as st

from dashboard import session
from dashboard.draw import gallery_actions
from data.drawing.gallery_files import READERS, to_npz, to_zip


def draw_transfer() -> None:
    """Draw the downloads and the upload."""
    drawings = session.tab().gallery.drawings
    with st.container(horizontal=True):
        st.download_button(
            "Download (.npz)",
            partial(to_npz, drawings),
            "drawings.npz",
            on_click="ignore",
            icon=":material/download:",
            disabled=not drawings,
            help="Strokes, images and labels as arrays. It can be brought back here as it is.",
        )
        st.download_button(
            "Images (.zip)",
            partial(to_zip, drawings),
            "drawings.zip",
            on_click="ignore",
            icon=":material/folder_zip:",
            disabled=not drawings,
            help="A PNG for each drawing, in a folder for each digit. It can also be uploaded as "
            "your own data, in the sidebar.",
        )
        with st.popover(
            "Delete all",
            icon=":material/delete:",
            disabled=not drawings,
            help="Empty the gallery.",
            key=session.GALLERY_DELETE,
            on_change="rerun",
        ):
            st.button(
                f"Delete all {len(drawings)}",
                on_click=_delete_all,
                help="This cannot be undone: download them first.",
            )
    st.file_uploader(
        "Bring drawings back",
        type=[suffix.removeprefix(".") for suffix in READERS],
        key=session.GALLERY_FILE,
        on_change=_load,
        help="A gallery downloaded here, or a .zip file of images in folders named 0 to 9.",
    )


def _delete_all() -> None:
    gallery_actions.delete_all()
    session.set_value(session.GALLERY_DELETE, False)  # closes the question


def _load() -> None:
    if file := session.value(session.GALLERY_FILE):
        gallery_actions.load_gallery(file.name, file.getvalue())
