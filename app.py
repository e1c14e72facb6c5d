"""Perceptron Lab: watch a neural network learn to read."""

import streamlit as st

st.set_page_config(page_title="Perceptron Lab", page_icon=":material/neurology:", layout="wide")

from dashboard import (  # noqa: E402  # after the page config
    comeback,
    controls,
    entry,
    process,
    tables,
    training,
)

process.tune()
tables.let_wide_ones_scroll()
pages = [
    st.Page("pages/train.py", title="Train", icon=":material/model_training:", default=True),
    st.Page("pages/explore.py", title="Explore", icon=":material/grid_view:"),
    st.Page("pages/confusion.py", title="Confusion matrix", icon=":material/grid_on:"),
    st.Page(
        "pages/compare.py",
        title="Single layer against multilayer",
        icon=":material/compare_arrows:",
    ),
]
page = st.navigation({"Perceptron Lab": pages})
controls.draw()
comeback.draw()
training.fulfil_wish()
controls.show_problems()
with entry.from_app():
    page.run()
