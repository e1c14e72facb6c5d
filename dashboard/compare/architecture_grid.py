"""Networks of several depths and widths: the view."""

import streamlit as st

from dashboard import session
from dashboard.charts import architecture_grid
from dashboard.compare import messages
from dashboard.compare.over_seeds import _say_state
from dashboard.components.chart import show_chart
from experiments.background.run_sequence import RunSequence
from experiments.comparison.over_seeds import RunOutcome, complete_seeds, seed_summaries


def draw_ladder(ladder: RunSequence[RunOutcome]) -> None:
    """Draw the rungs, as far as whole seeds are done, and say how far to trust them."""
    status = ladder.status
    rows = complete_seeds(ladder.outcomes, len(ladder.networks))
    _say_state(ladder, status)
    if rows:
        ranks = seed_summaries(rows)
        show_chart(
            architecture_grid.architecture_grid_figure(ranks),
            key=session.ARCHITECTURE_GRID_CHART,
            alt="Test accuracy of ten networks by their number of parameters, a line for each "
            "depth",
        )
        st.markdown(messages.architecture_grid_table(ranks))
        st.caption(messages.trust(len(rows), ladder.configs[0].dataset))
    elif status.is_over:
        st.info("It ended before all ten networks were trained once.", icon=":material/info:")
