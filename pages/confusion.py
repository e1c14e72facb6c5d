"""Which classes are mistaken for which, and how far the network's confidence can be trusted."""

import streamlit as st

from dashboard.components.epoch_slider import choose_run
from dashboard.confusion.live_view import draw_live
from dashboard.confusion.no_run import draw_no_run
from dashboard.shell import app_entry

app_entry.enter_through_app()
st.title("Confusion matrix")
run = choose_run()
if run is None:
    draw_no_run()
else:
    draw_live(run)
