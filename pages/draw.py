"""Draw a digit, and watch a network read it."""

from dashboard.components.headline import draw_headline
from dashboard.draw.tabs import draw_tabs
from dashboard.shell import app_entry

app_entry.enter_through_app()
draw_headline(
    "Draw",
    "Write a digit, and watch a network read it while you write: what it sees, what it says.",
)
draw_tabs()
