"""What does a hidden layer add? The single layer and others, on the same samples."""

import streamlit as st

from dashboard.compare.tabs import draw_tabs
from dashboard.components.source_code import show_source
from dashboard.shell import app_entry
from experiments.comparison.significance import mcnemar_test, paired_test

app_entry.enter_through_app()
st.title("Single layer against multilayer")
draw_tabs()
show_source(
    "The lines that decide", {"Pair by pair": paired_test, "Sample by sample": mcnemar_test}
)
