"""Perceptron Lab: watch a neural network learn to read."""

import streamlit as st

st.set_page_config(page_title="Perceptron Lab", page_icon=":material/neurology:", layout="wide")

from dashboard import training_actions  # noqa: E402  # after the page config
from dashboard.components import tables  # noqa: E402
from dashboard.shell import (  # noqa: E402
    app_entry,
    process_tuning,
    restore_session,
    share_link,
    sidebar,
)
from dashboard.shell.page_registry import PAGES  # noqa: E402

process_tuning.tune()
tables.let_wide_ones_scroll()
pages = [
    st.Page(entry.file, title=entry.title, icon=entry.icon, default=entry.is_default)
    for entry in PAGES
]
page = st.navigation({"Perceptron Lab": pages})
sidebar.draw()
share_link.draw()
restore_session.draw()
training_actions.start_requested_training()
sidebar.show_problems()
with app_entry.running_in_app():
    page.run()
