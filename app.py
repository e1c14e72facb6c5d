"""Perceptron Lab: watch a neural network learn to read.

The server imports this file once, finds `app` in it, and then runs the file for its visitors.
"""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from streamlit import runtime

from dashboard import training_actions
from dashboard.shell import (
    app_entry,
    page_settings,
    page_style,
    phone_navigation,
    process_tuning,
    projector,
    restore_session,
    share_link,
    sidebar,
)
from dashboard.shell.early_scripts import EarlyScripts
from dashboard.shell.look_endpoint import LOOK_ROUTE
from dashboard.shell.page_registry import PAGES
from dashboard.shell.static_files import CompressedFiles

ICON = Path(__file__).parent / "static" / "icon.svg"

if runtime.exists():  # there is a visitor
    st.set_page_config(page_title="Perceptron Lab", page_icon=str(ICON), layout="wide")
    process_tuning.tune()
    page_style.apply()
    pages = [
        st.Page(entry.file, title=entry.title, icon=entry.icon, default=entry.is_default)
        for entry in PAGES
    ]
    page = st.navigation({"Perceptron Lab": pages})
    page_settings.choose_settings(page.url_path)
    sidebar.draw()
    share_link.draw()
    projector.draw()
    phone_navigation.close_after_a_choice()
    restore_session.draw()
    training_actions.start_requested_training()
    sidebar.show_problems()
    with app_entry.running_in_app():
        page.run()
else:
    app = st.App(
        __file__,
        routes=[LOOK_ROUTE],
        middleware=[Middleware(CompressedFiles), Middleware(EarlyScripts)],
    )
