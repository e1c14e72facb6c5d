"""The loss around the network, in two directions or on a line to another network."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import streamlit as st

from dashboard import session
from dashboard.charts.loss_landscape import LossMap, contour_figure, line_step, surface_figure
from dashboard.components.chart import show_chart
from dashboard.components.source_code import show_source
from dashboard.inside.landscape_controls import choose_look, choose_others
from dashboard.inside.landscape_line import draw_line
from dashboard.inside.landscape_tasks import (
    Computed,
    View,
    draw_view,
    moment_of,
    moment_shown,
)
from dashboard.inside.landscape_words import (
    capped_sentence,
    ends_sentence,
    limits_sentence,
    notice_sentence,
    other_seeds_sentence,
    samples_sentence,
    share_sentence,
)
from dashboard.inspected_network import InspectedNetwork
from experiments.background.run_store import StoredRun
from experiments.inspection.loss_landscape import (
    MAX_SNAPSHOTS,
    N_SAMPLES,
    RANDOM,
    Evaluation,
    Layout,
    Look,
    LossLandscape,
    path_of,
    scores_at,
    some_of,
)
from experiments.inspection.parameter_plane import (
    axis_around_origin,
    filter_normalized_directions,
    principal_directions,
    project,
)

AROUND, LINE = "Two directions", "Straight line"
CHART_HEIGHT = 500


def draw_landscape(inspected: InspectedNetwork) -> None:
    """Draw the loss around the network of the slider."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        what = st.segmented_control(
            "What to draw",
            (AROUND, LINE),
            default=AROUND,
            required=True,
            key=session.LANDSCAPE_WHAT,
            persist_state="session",
            help="The loss around the network in two directions, or on the straight line from "
            "another network to it.",
        )
        look = choose_look(inspected.run) if what == AROUND else None
    if not np.isfinite(inspected.network.parameters).all():
        st.info(
            "The parameters of this network are no finite numbers any more: it has diverged. Move "
            "the slider to an earlier epoch.",
            icon=":material/info:",
        )
    elif look:
        _draw_around(inspected, look)
    else:
        draw_line(inspected)


def _draw_around(inspected: InspectedNetwork, look: Look) -> None:
    others = choose_others(inspected.run)
    runs = [inspected.run, *(other.run for other in others)]
    n_samples = min(N_SAMPLES, len(inspected.run.prepared_data().split.rows(look.part)))
    draw_view(
        View(
            (moment_shown(inspected), look, *(moment_of(other.run) for other in others)),
            partial(_landscape, inspected, look, others),
            look.n_points**2 * n_samples * len(inspected.network.parameters),
            partial(_draw_chart, inspected),
            partial(_tell, inspected, others),
            is_of_past=any(map(session.is_training, runs)),
        )
    )
    show_source(
        "The lines of NumPy that do this",
        {
            "The loss at each point": scores_at,
            "Random directions": filter_normalized_directions,
            "PCA": principal_directions,
            "The path": project,
        },
    )


def _landscape(
    inspected: InspectedNetwork, look: Look, others: Sequence[StoredRun]
) -> LossLandscape:
    """Return the landscape, not yet begun."""
    run, samples = inspected.run, inspected.run.prepared_data().samples(look.part)
    if samples is None:
        raise ValueError(f"There are no {look.part} samples.")
    most = MAX_SNAPSHOTS // (1 + len(others))
    stored = session.tab().run_store.find(run)
    paths = [path_of(run, stored.name if stored else "this run", 0, most)]
    paths += [path_of(other.run, other.name, i, most) for i, other in enumerate(others, 1)]
    evaluation = Evaluation(inspected.network, run.objective, some_of(samples))
    return LossLandscape(evaluation, paths, look, page=session.page())


def _draw_chart(inspected: InspectedNetwork, landscape: Computed) -> None:
    """Draw a landscape as far as it is known."""
    if not isinstance(landscape, LossLandscape) or landscape.problem:
        return
    look, shown = landscape.look, loss_map(landscape)
    is_surface = bool(session.value(session.LANDSCAPE_SURFACE))
    title = f"{look.part.capitalize()} loss around the network"
    known = shown.losses[np.isfinite(shown.losses)]
    extent = f", from {known.min():.3g} to {known.max():.3g}" if known.size else ""
    show_chart(
        (surface_figure if is_surface else contour_figure)(
            shown, title, f"{moment_shown(inspected)} {look}"
        ),
        key=session.LANDSCAPE_SURFACE_CHART if is_surface else session.LANDSCAPE_CHART,
        alt=f"{title} in two directions{extent}; paths of runs on it: {len(shown.paths)}",
        height=CHART_HEIGHT,
    )


def loss_map(landscape: LossLandscape) -> LossMap:
    """Return what is drawn of a landscape; an empty map until its place is known."""
    layout, look = landscape.layout, landscape.look
    losses, accuracies = landscape.losses, landscape.accuracies
    if layout is None:
        x = axis_around_origin(1.0, look.n_points)
        return LossMap(x, x, losses, accuracies, [], ("direction 1", "direction 2"))
    titles = axis_titles(layout, look)
    return LossMap(layout.x, layout.y, losses, accuracies, layout.paths, titles)


def _tell(inspected: InspectedNetwork, others: Sequence[StoredRun], landscape: Computed) -> None:
    """Say what a landscape shows, and what it cannot show."""
    if not (isinstance(landscape, LossLandscape) and landscape.layout):
        return
    layout, look, losses = landscape.layout, landscape.look, landscape.losses
    n_all = len(inspected.run.prepared_data().split.rows(look.part))
    seed = inspected.run.config.seed
    st.markdown(notice_sentence(look))
    st.markdown(share_sentence(layout.variance_shares, look, 1 + len(others)))
    st.markdown(limits_sentence(len(inspected.network.parameters), look))
    remarks = (
        samples_sentence(look.part, landscape.n_samples, n_all),
        f"From one line to the next, the loss grows by a factor of {10 ** line_step(losses):.2g}.",
        capped_sentence(losses, look.part),
        ends_sentence(layout.paths),
        other_seeds_sentence([each.name for each in others if each.run.config.seed != seed]),
    )
    st.caption(" ".join(filter(None, remarks)))


def axis_titles(layout: Layout, look: Look) -> tuple[str, str]:
    """Return the titles of both axes, with their units."""
    if look.directions == RANDOM:
        first, second = (f"direction {i} (lengths of the weights)" for i in (1, 2))
    else:
        first, second = (
            f"component {i} (distance; {100 * share:.1f} % of variance)"
            for i, share in enumerate(layout.variance_shares, 1)
        )
    return first, second
