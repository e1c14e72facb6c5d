"""Press Train, and watch the network learn to read."""

import streamlit as st

from dashboard import session
from dashboard.components.source_code import show_source
from dashboard.shell import app_entry
from dashboard.train import export_import, run_list
from dashboard.train.changed_settings import draw_changed_settings
from dashboard.train.ending import draw_ending
from dashboard.train.learning_rate_now import draw_learning_rate
from dashboard.train.live_view import draw_live
from dashboard.train.more_epochs import draw_more_epochs
from dashboard.train.transport import draw_transport
from mlp.backprop import backward, forward
from mlp.losses import LOSSES
from mlp.optimizers import OPTIMIZERS

app_entry.enter_through_app()
job = session.job()
status = job.status if job else None
is_over = status is not None and status.is_over

st.title("Train")
log_scale = draw_transport(job, status)
# What comes and goes has a place of its own: a chart that is moved would lose its zoom.
with st.container(horizontal=True, vertical_alignment="bottom"):
    with st.container(width="stretch"):
        if job and status and is_over:
            draw_ending(job)
        elif job:
            draw_learning_rate(job.run)
    if job and is_over:
        draw_more_epochs(job.run)
with st.container():
    if job:
        draw_changed_settings(job.run, is_over=is_over)
draw_live(status, log_scale=log_scale)
run_list.draw()
export_import.draw(job.run if job and is_over else None)
config = session.config()
show_source(
    "The lines of NumPy that do this",
    {
        "Forward": forward,
        "Loss": LOSSES[config.loss].fused,
        "Backward": backward,
        "Step": OPTIMIZERS[config.optimizer],
    },
)
