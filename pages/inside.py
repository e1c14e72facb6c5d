"""What a network has become: its units, its layers, and where its loss lies."""

from dashboard.components.epoch_slider import choose_run
from dashboard.components.headline import draw_headline
from dashboard.components.train_first import draw_train_first
from dashboard.inside.views import draw_views
from dashboard.shell import app_entry

app_entry.enter_through_app()
draw_headline(
    "Inside",
    "What the network is now: what its units see, what its layers make of the samples, and where "
    "its loss lies.",
)
run = choose_run()
if run is None:
    draw_train_first("Here you look into a network.")
else:
    draw_views(run)
