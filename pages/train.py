"""Press Train, and watch the network learn to read."""

from dashboard import session
from dashboard.components.headline import draw_headline
from dashboard.components.source_code import show_source
from dashboard.shell import app_entry
from dashboard.train import export_import, run_list
from dashboard.train.live_view import draw_live
from dashboard.train.transport import draw_transport
from mlp.backprop import backward, forward
from mlp.losses import LOSSES
from mlp.optimizers import OPTIMIZERS

app_entry.enter_through_app()
job = session.job()
status = job.status if job else None
is_over = status is not None and status.is_over

draw_headline(
    "Train",
    "Press Train, and watch a network of simple units learn from examples, until it can name "
    "what it has never seen.",
)
draw_transport(job, status)
draw_live(status)
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
