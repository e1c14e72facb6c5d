"""What does a hidden layer add? The single layer and others, on the same samples."""

import streamlit as st

from dashboard.compare.architecture_grid import depth_and_width
from dashboard.compare.networks import choose_networks
from dashboard.compare.nonlinear_sets import nonlinear_sets
from dashboard.compare.over_seeds import over_seeds
from dashboard.compare.side_by_side import side_by_side
from dashboard.components.source_code import show_source
from dashboard.shell import app_entry
from experiments.comparison.architecture_grid import architecture_grid
from experiments.comparison.significance import mcnemar_test, paired_test

app_entry.enter_through_app()
st.title("Single layer against multilayer")
networks = choose_networks()
side_by_side(networks)
over_seeds(networks)
nonlinear_sets()
depth_and_width(architecture_grid(networks[1]))
show_source(
    "The lines that decide", {"Pair by pair": paired_test, "Sample by sample": mcnemar_test}
)
