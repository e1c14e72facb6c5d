"""The link of the current settings, always at hand: to copy it, or as a QR code for a room."""

import streamlit as st

from dashboard import session
from dashboard.components.link_box import draw_link_to
from dashboard.playground_link import left_out_of_link, link_extras

HEIGHT = 510  # pixels of what the button opens, which finds its place while it is still empty
AT_THE_FOOT = """<style>
[data-testid="stLayoutWrapper"]:has(> .st-key-share) {
  backdrop-filter: blur(0.75rem); bottom: 0; padding: 0.5rem 0; position: sticky; z-index: 1 }
</style>"""


def draw() -> None:
    """Draw the button for the link at the foot of the sidebar."""
    with st.sidebar, st.container(key=session.SHARE_FOOT):
        st.html(AT_THE_FOOT)
        _draw_popover()


@st.fragment
def _draw_popover() -> None:
    """Draw the button; what it opens is made when it is opened."""
    popover = st.popover(
        "Share",
        icon=":material/qr_code_2:",
        width="stretch",
        key=session.SHARE,
        on_change="rerun",
        help="The link of these settings, and its QR code.",
    )
    with popover, st.container(height=HEIGHT, border=False):
        st.markdown("**Open these settings elsewhere**")
        if popover.open:
            draw_link_to(
                session.config(),
                key=session.SHARE_LINK,
                with_code=True,
                extras=link_extras(),
            )
            for sentence in left_out_of_link():
                st.caption(sentence)
            if session.problems():
                st.caption("The settings have an error: these are the last valid ones.")
