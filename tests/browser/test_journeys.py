"""User journeys in real Chromium."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, WebSocketRoute, expect

from dashboard.shell.page_registry import PAGES
from experiments.background.background_task import GRACE_SECONDS

Open = Callable[..., Page]
CHARTS = ".chart[data-points]"
ENDLESS = "?epochs=10000&pace=10"


def main(page: Page) -> Locator:
    return page.get_by_test_id("stMainBlockContainer")


def button(page: Page, label: str) -> Locator:
    return main(page).get_by_role("button", name=label, exact=True)


def also_show(page: Page, chart: str) -> None:
    main(page).locator("[data-variant=pills]").get_by_text(chart, exact=True).click()


def go_to(page: Page, title: str) -> None:
    page.get_by_test_id("stSidebarNav").get_by_text(title, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def wait_for_points(page: Page, least: int) -> None:
    page.wait_for_function(
        "([chart, least]) => +document.querySelector(chart)?.dataset.points >= least",
        arg=[CHARTS, least],
    )


def points(page: Page) -> int:
    return int(page.locator(CHARTS).first.get_attribute("data-points"))


def metric(page: Page, label: str) -> str:
    return main(page).locator(".score").filter(has_text=label).locator(".value").inner_text()


def batch_of(page: Page) -> int:
    """The last batch of the epoch under way; 0 between two epochs."""
    found = re.search(r"batch (\d+) of", page.locator(".run-status .words").inner_text())
    return int(found[1]) % 34 if found else 0


def test_press_train_and_watch_it_learn(open_page: Open) -> None:
    page = open_page()
    assert metric(page, "Test accuracy") == "–"
    button(page, "Train").click()
    wait_for_points(page, 3)
    expect(page.locator(f"{CHARTS} .scatterlayer .trace").first).to_be_attached()
    expect(main(page).get_by_text("test images correctly")).to_be_visible(timeout=30_000)
    assert float(metric(page, "Test accuracy").removesuffix(" %")) > 96
    expect(button(page, "Train")).to_be_enabled()
    page.wait_for_timeout(1000)
    assert points(page) == 31


def test_pause_and_resume(open_page: Open) -> None:
    page = open_page(ENDLESS)
    button(page, "Train").click()
    wait_for_points(page, 3)
    button(page, "Pause").click()
    expect(main(page).get_by_text("paused")).to_be_visible()
    page.wait_for_timeout(400)  # the text reaches the browser before the chart does
    before = points(page)
    page.wait_for_timeout(800)
    assert points(page) == before
    next_batch = batch_of(page) + 1
    button(page, "+1 batch").click()
    expect(main(page).get_by_text(f"batch {next_batch} of 34")).to_be_visible()
    button(page, "Resume").click()
    wait_for_points(page, before + 3)
    button(page, "Stop").click()
    expect(main(page).get_by_text("test images correctly")).to_be_visible()


def test_visiting_another_page_neither_stops_nor_restarts_the_training(open_page: Open) -> None:
    page = open_page(ENDLESS)
    button(page, "Train").click()
    wait_for_points(page, 3)
    before = points(page)
    go_to(page, "Explore")
    expect(main(page).get_by_text("Click an image to select it")).to_be_visible()
    page.wait_for_timeout(1000)
    go_to(page, "Train")
    wait_for_points(page, before + 8)
    expect(button(page, "Pause")).to_be_visible()


def zoom(page: Page) -> None:
    plot = page.locator(CHARTS).first.locator(".nsewdrag").bounding_box()
    x, y, width, height = plot["x"], plot["y"], plot["width"], plot["height"]
    page.mouse.move(x + width * 0.2, y + height * 0.3)
    page.mouse.down()
    page.mouse.move(x + width * 0.7, y + height * 0.8, steps=5)
    page.mouse.up()


def view_of(page: Page) -> list:
    """What the reader has zoomed into, and whether the first curve is switched off."""
    page.wait_for_timeout(600)
    return page.locator(CHARTS).first.evaluate(
        "chart => [chart.layout.xaxis.range.map(Math.round), chart.data[0].visible]"
    )


def test_zoom_and_legend_survive_the_updates(open_page: Open) -> None:
    page = open_page(ENDLESS)
    button(page, "Train").click()
    wait_for_points(page, 3)
    zoom(page)
    page.locator(CHARTS).first.locator(".legendtoggle").first.click()
    zoomed, visible = view = view_of(page)
    assert visible == "legendonly"
    assert 1000 < zoomed[0] < zoomed[1] < 8000
    wait_for_points(page, points(page) + 8)
    assert view_of(page) == view
    button(page, "Pause").click()
    expect(main(page).get_by_text("paused")).to_be_visible()
    assert view_of(page) == view


def test_zoom_survives_another_setting_and_the_end_of_the_run(open_page: Open) -> None:
    page = open_page("?epochs=1000&pace=10")
    button(page, "Train").click()
    wait_for_points(page, 3)
    zoom(page)
    view = view_of(page)
    field = page.get_by_role("textbox", name="Hidden layers")
    field.fill("16")
    field.press("Enter")
    expect(main(page).get_by_text("The settings have changed")).to_be_visible()
    assert view_of(page) == view
    button(page, "Stop").click()
    expect(main(page).get_by_text("test images correctly")).to_be_visible()
    assert view_of(page) == view
    field.fill("32")
    field.press("Enter")
    expect(main(page).get_by_text("The settings have changed")).to_be_hidden()
    assert view_of(page) == view


def test_closing_the_tab_ends_the_training_within_the_grace_period(
    open_page: Open, fresh_server
) -> None:
    page = open_page(ENDLESS, url=fresh_server.url)
    button(page, "Train").click()
    wait_for_points(page, 2)
    page.wait_for_timeout(1000)
    assert "training abandoned" not in fresh_server.logged()
    page.close()
    fresh_server.wait_for_log("training abandoned", seconds=GRACE_SECONDS + 5)


def test_settings_are_in_the_link_and_survive_a_reload(open_page: Open) -> None:
    page = open_page()
    field = page.get_by_role("textbox", name="Hidden layers")
    field.fill("16, 8")
    field.press("Enter")
    expect(page.get_by_text("64-16-8-10")).to_be_visible()
    expect(page).to_have_url(re.compile("hidden_layers=16"))
    go_to(page, "Explore")
    expect(page).to_have_url(re.compile("explore.*hidden_layers=16"))
    page.reload()
    expect(page.get_by_text("64-16-8-10")).to_be_visible()


def test_a_reload_loses_nothing(open_page: Open) -> None:
    page = open_page(ENDLESS)
    button(page, "Train").click()
    wait_for_points(page, 5)
    before = points(page)
    page.reload()
    expect(button(page, "Pause")).to_be_visible()
    wait_for_points(page, before + 3)
    expect(main(page).get_by_text("Runs on this page: 1")).to_be_visible()


def test_a_reload_that_comes_too_late_is_reported(open_page: Open) -> None:
    page = open_page()
    page.evaluate("sessionStorage.setItem('perceptron-lab', 'forgotten 2')")
    page.reload()
    expect(main(page).get_by_text("its runs are gone")).to_be_visible()


def test_an_invalid_link_gives_messages(open_page: Open) -> None:
    page = open_page("?activation=magic&hidden_layers=32,,x")
    expect(main(page).get_by_text("There is no activation 'magic'")).to_be_visible()
    expect(main(page).get_by_text("'32,,x' is not a list of hidden layers")).to_be_visible()
    expect(button(page, "Train")).to_be_disabled()


def test_a_link_puts_no_links_on_the_page(open_page: Open) -> None:
    evil = "http://evil.example.com/a"
    page = open_page(f"?activation={evil}&hidden_layers=www.evil.example.com&a@evil.com=1")
    expect(main(page).get_by_test_id("stAlert")).to_have_count(3)
    assert page.locator("[data-testid=stAlert] a").count() == 0


def test_a_short_loss_of_the_network_loses_nothing(open_page: Open) -> None:
    sockets = []

    def tap(socket: WebSocketRoute) -> None:
        sockets.append((socket, socket.connect_to_server()))

    page = open_page(ENDLESS, prepare=lambda page: page.route_web_socket("**/_stcore/stream", tap))
    button(page, "+1 epoch").click()
    expect(main(page).get_by_text("Epoch 1 of 10,000 · paused")).to_be_visible()
    for socket, connection in list(sockets):
        connection.close()
        socket.close()
    page.wait_for_timeout(1000 * (GRACE_SECONDS + 3))
    assert len(sockets) > 1, "the page has not connected again"
    button(page, "Resume").click()
    wait_for_points(page, 5)


def test_divergence_is_reported(open_page: Open) -> None:
    page = open_page("?learning_rate=1000")
    button(page, "Train").click()
    expect(main(page).get_by_text("Diverged at step")).to_be_visible()


def drawn(page: Page, name: str) -> Locator:
    """The inside of a chart, once it is there and listens."""
    chart = page.get_by_role("img", name=name)
    expect(chart).to_have_attribute("data-drawn", "true")
    return chart.locator(".nsewdrag")


def test_a_click_on_a_cell_opens_its_samples(open_page: Open) -> None:
    page = open_page("?pace=full")
    button(page, "Train").click()
    expect(main(page).get_by_text("test images correctly")).to_be_visible(timeout=30_000)
    go_to(page, "Confusion matrix")
    matrix = drawn(page, "Confusion matrix")
    width, height = (matrix.bounding_box()[side] for side in ("width", "height"))
    matrix.click(position={"x": width * 0.35, "y": height * 0.35})  # the fourth of ten
    expect(main(page).get_by_text("3 read as 3")).to_be_visible()


def test_a_click_on_an_image_chooses_the_sample(open_page: Open) -> None:
    page = open_page("explore")
    grid = drawn(page, "images of Handwritten digits")
    sample = main(page).get_by_role("spinbutton", name="Sample")
    before = sample.input_value()
    grid.click(position={"x": 12, "y": 12})
    expect(sample).not_to_have_value(before)


def test_the_slider_takes_the_weights_back_in_time(open_page: Open) -> None:
    page = open_page("?pace=full")
    button(page, "Train").click()
    expect(main(page).get_by_text("test images correctly")).to_be_visible(timeout=30_000)
    also_show(page, "Weights")
    weights = page.get_by_role("img", name="The weights into each unit")
    read = "chart => chart.layout.coloraxis2.cmax"  # the largest weight shown
    weights.locator(".heatmaplayer image").first.wait_for(state="attached")
    before = weights.evaluate(read)
    main(page).get_by_role("slider", name="Epoch").press("Home")
    expect(main(page).get_by_text("Epoch 0 of 30", exact=True)).to_be_visible()
    page.wait_for_timeout(500)
    assert weights.evaluate(read) != before


def test_both_networks_are_trained_side_by_side(open_page: Open) -> None:
    page = open_page("compare?epochs=5&pace=full")
    main(page).get_by_role("tab", name="Side by side").click()
    button(page, "Train side by side").click()
    expect(page.locator(".chart .scatterlayer .trace").nth(1)).to_be_attached()
    expect(button(page, "Train side by side")).to_be_enabled(timeout=30_000)


def test_two_tabs_are_two_sessions(open_page: Open) -> None:
    first, second = open_page(ENDLESS), open_page()
    button(first, "Train").click()
    wait_for_points(first, 3)
    expect(button(second, "Train")).to_be_visible()
    expect(main(second).get_by_text("Ready: press Train")).to_be_visible()


def test_a_link_to_a_page_works_for_the_first_visitor_of_a_server(
    open_page: Open, fresh_server
) -> None:
    page = open_page("explore?hidden_layers=8", url=fresh_server.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("Explore")
    expect(page.get_by_text("64-8-10")).to_be_visible()
    go_to(page, "Train")
    button(page, "Train").click()
    wait_for_points(page, 3)


def is_too_wide(page: Page) -> bool:
    overflow = "main => main.scrollWidth - main.clientWidth"
    inside = page.get_by_test_id("stMain").evaluate(overflow)
    return page.evaluate(f"({overflow})(document.documentElement)") > 0 or inside > 0


def test_nothing_is_wider_than_a_phone_after_a_run(open_page: Open) -> None:
    page = open_page("?pace=full", viewport={"width": 390, "height": 800})
    button(page, "Train").click()
    expect(main(page).get_by_text("test images correctly")).to_be_visible(timeout=30_000)
    page.wait_for_timeout(500)
    assert not is_too_wide(page)
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_test_id("stSidebarNav").get_by_text("Confusion matrix", exact=True).click()
    expect(main(page).get_by_text("Precision: the share of")).to_be_visible()
    page.wait_for_timeout(500)
    assert not is_too_wide(page)


@pytest.mark.parametrize("path", [page.url_path for page in PAGES])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_nothing_is_wider_than_the_window(
    open_page: Open, path: str, scheme: str, width: int
) -> None:
    page = open_page(path, viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.wait_for_timeout(500)
    assert not is_too_wide(page)
