"""How far the run is or how it ended, and its scores in large figures."""

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import session
from dashboard.components.epoch_slider import past_epoch
from dashboard.components.live_feed import FOLLOW, LiveContent, follow
from dashboard.text import percent
from dashboard.train.changed_settings import changed_settings_sentence
from dashboard.train.ending import Ending, ending_of
from dashboard.train.progress import progress_of
from dashboard.train.scores import metrics
from experiments.background.training_job import TrainingJob

HERE = Path(__file__)
UNDER_WAY = Ending("progress", "")

_mount = st.components.v2.component(
    "run_status",
    html="""<div class="run-status"><div class="progress"><div class="words" role="status"></div>
<div class="track" role="progressbar" aria-valuemin="0" aria-valuemax="100"><div></div></div>
<div class="changed"></div></div><div class="scores"></div>
<div class="meaning"></div></div>""",
    css=HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=FOLLOW + HERE.with_suffix(".js").read_text(encoding="utf-8"),
)


def draw_run_status(job: TrainingJob | None) -> None:
    """Draw the progress or the ending, and the scores, for the back row to read."""
    element = follow(session.RUN_STATUS, LiveContent(lambda: _content(job), lambda: _version(job)))
    data = {"key": session.RUN_STATUS, "drawing": element.drawing, "content": element.drawn}
    _mount(key=session.RUN_STATUS, data=data)


def _version(job: TrainingJob | None) -> Hashable:
    """Return what the progress and the scores depend on."""
    if job is None:
        return None
    run = job.run
    return progress_of(job), len(run.history), run.n_results, past_epoch(run), job.status.is_over


def _content(job: TrainingJob | None) -> dict[str, Any]:
    is_over = job is not None and job.status.is_over
    fraction, words = progress_of(job)
    tone, sentence = ending_of(job) if job and is_over else UNDER_WAY
    scores = [
        {
            "label": metric.label,
            "value": "–" if metric.score is None else percent(metric.score.accuracy),
            "meaning": metric.meaning,
        }
        for metric in metrics(job)
    ]
    return {
        "fraction": fraction,
        "tone": tone,
        "words": sentence or words,
        "changed": changed_settings_sentence(job.run, is_over=is_over) if job else "",
        "scores": scores,
    }
