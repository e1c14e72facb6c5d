"""Pages load no more than they show, and keep out of the way of fingers and keys."""

from collections.abc import Callable

from playwright.sync_api import Page, Response, expect

from tests.browser.test_journeys import go_to, main

Open = Callable[..., Page]

MOST_BYTES = 2_500_000  # of scripts, styles and fonts; 1.8 MB when this was written
COVERED = """(chart) => {
    const bar = chart.querySelector(".modebar").getBoundingClientRect();
    return [...chart.querySelectorAll("text")].filter((text) => {
        const { left, right, top, bottom } = text.getBoundingClientRect();
        return right > bar.left && left < bar.right && bottom > bar.top && top < bar.bottom;
    }).map((text) => text.textContent);
}"""


def wait_for_charts(page: Page) -> None:
    page.locator(".chart[data-drawn]").nth(1).wait_for()


def test_a_first_visit_loads_neither_what_colors_source_nor_what_draws_in_3d(
    open_page: Open,
) -> None:
    loaded: dict[str, int] = {}

    def note(response: Response) -> None:
        loaded[response.url] = int(response.headers.get("content-length", 0))

    page = open_page(prepare=lambda page: page.on("response", note))
    wait_for_charts(page)
    page.wait_for_timeout(500)
    assert 1_000_000 < sum(loaded.values()) < MOST_BYTES
    assert not any("SyntaxHighlighter" in url for url in loaded)
    assert [url.rpartition("/")[2][:16] for url in loaded if "plotly" in url] == [
        "plotly-cartesian"
    ]
    main(page).get_by_text("The lines of NumPy that do this").click()
    expect(main(page).get_by_text("def forward(").first).to_be_visible()
    assert any("SyntaxHighlighter" in url for url in loaded)


def test_toolbars_cover_no_words_and_are_no_stops_of_the_tab_key(open_page: Open) -> None:
    page = open_page()
    wait_for_charts(page)
    for name in ("Loss of the training", "Accuracy on the training"):
        chart = page.get_by_role("img", name=name)
        chart.hover()
        expect(chart.locator(".modebar-btn").first).to_be_visible()
        assert chart.evaluate(COVERED) == []
        stops = "(chart) => chart.querySelectorAll('button:not([tabindex=\"-1\"])').length"
        assert chart.evaluate(stops) == 0


def test_a_phone_has_no_toolbars_and_its_navigation_goes_after_a_choice(open_page: Open) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    wait_for_charts(page)
    expect(page.locator(".modebar").first).to_be_hidden()
    drag_mode = page.locator(".chart").first.evaluate("chart => chart.layout.dragmode")
    assert drag_mode is False  # so that a finger scrolls the page
    page.get_by_test_id("stExpandSidebarButton").tap()
    expect(page.get_by_test_id("stSidebarNav")).to_be_in_viewport()
    go_to(page, "Explore")
    expect(page.get_by_test_id("stSidebarNav")).not_to_be_in_viewport()
