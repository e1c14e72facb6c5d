"""How far the run is, and its scores in large figures: one small element, drawn at each look."""

from pathlib import Path

import streamlit as st

from dashboard import session
from dashboard.text import percent
from dashboard.train.progress import progress_of
from dashboard.train.scores import metrics
from experiments.background.training_job import TrainingJob

_mount = st.components.v2.component(
    "run_status",
    html="""<div class="progress"><div class="words"></div>
<div class="track" role="progressbar" aria-valuemin="0" aria-valuemax="100"><div></div></div></div>
<div class="scores"></div>""",
    css=Path(__file__).with_suffix(".css").read_text(encoding="utf-8"),
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
)


def draw_run_status(job: TrainingJob | None) -> None:
    """Draw the progress, unless the run is over, and the scores, for the back row to read.

    Streamlit's own elements would be nine messages, and fifty pages look at once.
    """
    is_over = job is not None and job.status.is_over
    fraction, words = progress_of(job)
    scores = [
        {
            "label": metric.label,
            "value": "–" if metric.score is None else percent(metric.score.accuracy),
            "meaning": metric.meaning,
        }
        for metric in metrics(job)
    ]
    data = {"fraction": fraction, "words": "" if is_over else words, "scores": scores}
    _mount(key=session.RUN_STATUS, data=data)
