"""One step of training in slow motion: each number of it, beside its formula and its line."""

from dashboard.components.epoch_slider import choose_run
from dashboard.components.headline import draw_headline
from dashboard.components.train_first import draw_train_first
from dashboard.one_step.views import draw_views
from dashboard.shell import app_entry

app_entry.enter_through_app()
draw_headline(
    "One step",
    "What training does to the network: forward, loss, backward, update, one small move after "
    "another.",
)
run = choose_run()
if run is None:
    draw_train_first("Here you stop a training, and look at each number of its next step.")
else:
    draw_views(run)
