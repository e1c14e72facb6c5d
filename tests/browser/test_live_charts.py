"""Charts that were told changes, compared with charts drawn in full."""

import json
from typing import Any

from playwright.sync_api import Page

from dashboard import session
from tests.browser.test_journeys import Open, also_show, button

TOLD = [session.LOSS_CHART, session.ACCURACY_CHART, session.WEIGHTS_CHART, session.GRADIENTS_CHART]
TRIES = 20

READ = """() => {
    const types = { f8: Float64Array, f4: Float32Array, i4: Int32Array, u1: Uint8Array };
    const plain = (_, value) => {
        if (value?.bdata) {
            const bytes = Uint8Array.from(atob(value.bdata), (letter) => letter.charCodeAt(0));
            return [...new types[value.dtype](bytes.buffer)];
        }
        return ArrayBuffer.isView(value) ? [...value] : value;
    };
    const charts = [...document.querySelectorAll(".chart")];
    return JSON.stringify(charts.map(({ data, layout }) => ({ data, layout })), plain);
}"""
ALL_DRAWN = """([n, old]) => {
    const charts = [...document.querySelectorAll(".chart[data-drawn]")];
    return charts.length === n && charts.every((chart) => !old.includes(chart.dataset.drawing));
}"""
ALL_TOLD = "(keys) => keys.every((key) => window.liveElements[key]?.told?.changes.length)"


def charts_of(page: Page) -> list[dict[str, Any]]:
    return json.loads(page.evaluate(READ))


def draw_in_full(page: Page) -> None:
    """Have Streamlit run the page, and wait until every chart is the new drawing."""
    drawings = page.evaluate(
        "() => [...document.querySelectorAll('.chart')].map((chart) => chart.dataset.drawing)"
    )
    page.keyboard.press("r")
    page.wait_for_function(ALL_DRAWN, arg=[len(TOLD), drawings])
    page.wait_for_timeout(100)  # until plotly.js is done


def test_charts_that_were_told_changes_equal_charts_drawn_in_full(open_page: Open) -> None:
    page = open_page("?pace=1&epochs=1000")
    button(page, "Train").click()
    for name in ("Weights", "Gradients"):
        also_show(page, name)
    page.wait_for_function(ALL_DRAWN, arg=[len(TOLD), []])
    for _ in range(TRIES):  # between two epochs nothing changes
        page.wait_for_function(ALL_TOLD, arg=TOLD)
        page.wait_for_timeout(100)  # until plotly.js is done
        told = charts_of(page)
        draw_in_full(page)
        in_full = charts_of(page)
        if told == in_full:
            return
    assert told == in_full
