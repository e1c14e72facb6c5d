"""Networks of a few units on points in the plane, seen whole while they learn."""

from dashboard.components.headline import draw_headline
from dashboard.components.source_code import show_source
from dashboard.playground.views import draw_playground
from dashboard.shell import app_entry
from mlp.backprop import backward, forward
from mlp.network import Network

app_entry.enter_through_app()
draw_headline(
    "Playground",
    "A network of a few units, drawn whole: press Play, and watch each of them bend the plane.",
)
draw_playground()
show_source(
    "The lines of NumPy that do this",
    {"Network": Network, "Forward": forward, "Backward": backward},
)
