"""Perceptron Lab: watch a neural network learn to read."""

import streamlit as st

st.set_page_config(page_title="Perceptron Lab", page_icon=":material/neurology:", layout="wide")

from dashboard import training_actions  # noqa: E402  # after the page config
from dashboard.shell import (  # noqa: E402
    app_entry,
    page_style,
    process_tuning,
    projector,
    restore_session,
    sidebar,
)
from dashboard.shell.page_registry import PAGES  # noqa: E402

process_tuning.tune()
page_style.apply()
pages = [
    st.Page(entry.file, title=entry.title, icon=entry.icon, default=entry.is_default)
    for entry in PAGES
]
page = st.navigation({"Perceptron Lab": pages})
sidebar.draw()
projector.draw()
restore_session.draw()
training_actions.start_requested_training()
sidebar.show_problems()
with app_entry.running_in_app():
    page.run()
