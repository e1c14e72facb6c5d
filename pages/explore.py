"""Look at the data before anything learns from them."""

import streamlit as st

from dashboard import session
from dashboard.explore.facts import draw_facts
from dashboard.explore.views import draw_chosen_view
from dashboard.shell import app_entry
from dashboard.text import plain
from experiments.training.prepared_data import prepare

app_entry.enter_through_app()
st.title("Explore")
if session.lacks_data():
    st.stop()  # the page says what to do already
try:
    prepared = prepare(session.config_of_data(), session.own())
except (ValueError, OSError) as error:
    st.error(plain(str(error)), icon=":material/error:")
    st.stop()
st.caption(f"{plain(prepared.dataset.title)}. Source: {plain(prepared.dataset.source)}.")
draw_facts(prepared)
draw_chosen_view()
