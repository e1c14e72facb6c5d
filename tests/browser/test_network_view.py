"""The first screen in real Chromium: the samples, the network, and the way it learns."""

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from dashboard.train.watched_samples import N_WATCHED
from experiments.config import RunConfig
from experiments.inspection.network_picture import forward_pass_of
from experiments.inspection.sample_choice import samples_of_each_class
from experiments.training.run import Run
from tests.browser.test_journeys import ENDLESS, Open, button, go_to, is_too_wide, main

FIRST_SCREEN = (
    "h1",
    ".st-key-transport button >> nth=0",
    ".run-status .scores",
    ".sample-row",
    "canvas.network",
    ".chart >> nth=0",
    ".chart >> nth=1",
)


def canvas(page: Page) -> Locator:
    return page.locator("canvas.network")


def drawings(page: Page) -> int:
    return int(page.locator(".network-view").get_attribute("data-drawn") or 0)


def words(page: Page) -> str:
    """What is said of the unit in focus to those who cannot see it."""
    return page.locator(".network-view .words").inner_text()


def wait_until_drawn(page: Page) -> None:
    expect(page.locator(".network-view[data-drawn]")).to_be_visible(timeout=15_000)
    expect(page.locator(".chart[data-drawn]").nth(1)).to_be_visible(timeout=15_000)


def n_right(page: Page) -> int:
    return int(page.locator(".count").inner_text().split()[0])


def test_the_untrained_network_guesses_and_training_turns_the_samples_right(
    open_page: Open,
) -> None:
    page = open_page("?epochs=200&pace=25")
    wait_until_drawn(page)
    expect(page.locator(".sample-row button")).to_have_count(N_WATCHED)
    assert n_right(page) < 5
    assert page.locator(".sample-row .wrong").count() == N_WATCHED - n_right(page)
    before = drawings(page)
    button(page, "Train").click()
    expect(main(page).get_by_text(re.compile(r"1[012] of 12 right"))).to_be_visible()
    assert drawings(page) > before  # it moves while it learns
    button(page, "Stop").click()
    expect(main(page).get_by_text("test images correctly")).to_be_visible()


def is_on_first_screen(page: Page, selector: str) -> bool:
    box = page.locator(selector).bounding_box()
    return box is not None and box["y"] >= 0 and box["y"] + box["height"] <= 800


def test_all_that_counts_is_on_the_first_screen_before_during_and_after_a_run(
    open_page: Open,
) -> None:
    page = open_page("?epochs=1000&pace=10")
    wait_until_drawn(page)
    assert [each for each in FIRST_SCREEN if not is_on_first_screen(page, each)] == []
    top = canvas(page).bounding_box()["y"]
    button(page, "Train").click()
    expect(page.locator(".run-status .words")).to_have_text(re.compile(r"Epoch [3-9]\d* of"))
    assert [each for each in FIRST_SCREEN if not is_on_first_screen(page, each)] == []
    button(page, "Stop").click()
    expect(main(page).get_by_text("test images correctly")).to_be_visible()
    assert [each for each in FIRST_SCREEN if not is_on_first_screen(page, each)] == []
    assert canvas(page).bounding_box()["y"] == top  # nothing has jumped


def written(value: float) -> str:
    """A number with three digits, as the page writes it."""
    return f"{float(f'{value:.3g}'):g}".replace("-", "−")


def test_a_unit_tells_its_true_numbers(open_page: Open) -> None:
    run = Run(RunConfig())
    prepared, rng = run.prepared_data(), np.random.default_rng([0, 0])
    labels = prepared.dataset.labels[prepared.split.validation]
    first = samples_of_each_class(labels, N_WATCHED, rng=rng)[0]
    done = forward_pass_of(run.network, prepared.validation.X[first])
    page = open_page()
    wait_until_drawn(page)
    canvas(page).focus()
    page.keyboard.press("ArrowDown")  # into the last layer
    page.keyboard.press("ArrowDown")
    expect(page.locator(".detail")).to_be_visible()
    said = words(page)
    assert said.startswith("Output “1”")
    assert f"= {written(done.zs[2][1])}" in said
    page.keyboard.press("ArrowLeft")
    found = re.match(
        r"Unit (\d+) of layer 1\. z = .* = (\S+)\. a = relu\(z\) = (\S+)\.", words(page)
    )
    unit = int(found[1]) - 1
    assert found[2] == written(done.zs[1][unit])
    assert found[3] == written(done.activations[1][unit])
    page.keyboard.press("Escape")
    expect(page.locator(".detail")).to_be_hidden()


def test_pointing_at_a_unit_shows_its_weights(open_page: Open) -> None:
    page = open_page("?hidden_layers=1")
    wait_until_drawn(page)
    box = canvas(page).bounding_box()
    for share in np.linspace(0.3, 0.7, 41):
        page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
        if page.locator(".detail").is_visible():
            break
    expect(page.locator(".detail")).to_contain_text("Unit 1 of layer 1")
    size = "canvas => [canvas.width, canvas.height]"
    assert page.locator(".detail canvas").evaluate(size) == [8, 8]


def test_a_click_on_a_sample_puts_it_into_the_network(open_page: Open) -> None:
    page = open_page()
    wait_until_drawn(page)
    page.locator(".sample-row button").nth(3).click()
    expect(page.locator(".network-view .says")).to_contain_text(re.compile("It is 3|says 3"))
    before = page.locator(".sample-row button").nth(3).get_attribute("title")
    main(page).get_by_role("button", name="Show others").click()
    expect(page.locator(".sample-row button").first).to_have_attribute("aria-pressed", "true")
    assert before


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize(
    "query",
    [
        "?hidden_layers=",
        "?hidden_layers=4096",
        "?hidden_layers=64,48,32,20,16&activation=tanh",
        "?dataset=spirals&hidden_layers=2",
        "?dataset=spirals&hidden_layers=8,8,8,8,8&activation=identity",
    ],
)
def test_networks_of_all_shapes_are_drawn(open_page: Open, query: str, width: int) -> None:
    page = open_page(query, viewport={"width": width, "height": 844})
    wait_until_drawn(page)
    button(page, "+1 batch").click()
    expect(main(page).get_by_text("batch 1 of")).to_be_visible()
    assert not is_too_wide(page)


def test_the_slider_follows_the_epochs_that_are_there_and_plays_them(open_page: Open) -> None:
    page = open_page("?epochs=30")
    button(page, "+1 epoch").click()
    expect(main(page).get_by_text("Epoch 1 of 1 (the newest)")).to_be_visible()
    button(page, "+1 epoch").click()
    expect(main(page).get_by_text("Epoch 2 of 2 (the newest)")).to_be_visible()
    slider = main(page).get_by_role("slider", name="Epoch")
    for _ in range(2):  # quick presses all count
        slider.press("ArrowLeft")
    expect(main(page).get_by_text("Epoch 0 of 2", exact=True)).to_be_visible()
    expect(main(page).get_by_text("Validation accuracy, epoch 0")).to_be_visible()
    main(page).get_by_role("button", name="Play the training as a film").click()
    expect(main(page).get_by_role("button", name="Stop the film")).to_be_visible()
    expect(main(page).get_by_text("Epoch 2 of 2 (the newest)")).to_be_visible()
    expect(main(page).get_by_role("button", name="Play the training as a film")).to_be_visible()


def test_the_projector_mode_hides_the_sidebar_on_all_pages(open_page: Open) -> None:
    page = open_page("?view=projector", viewport={"width": 1920, "height": 1080})
    wait_until_drawn(page)
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    size = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
    assert page.evaluate(size) > 18
    page.get_by_role("button", name="Leave projector mode").click()
    expect(page.get_by_test_id("stSidebar")).to_be_visible()
    assert "view=" not in page.url
    page.get_by_role("button", name="Projector").click()
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    expect(page).to_have_url(re.compile("view=projector"))


def test_reduced_motion_draws_each_picture_once(open_page: Open) -> None:
    page = open_page(ENDLESS, reduced_motion="reduce")
    wait_until_drawn(page)
    button(page, "Train").click()
    expect(page.locator(".run-status .words")).to_have_text(re.compile(r"Epoch [3-9]\d* of"))
    before = drawings(page)
    page.wait_for_timeout(1000)
    assert drawings(page) - before < 15  # a moving picture would be drawn some sixty times


def test_train_stays_at_hand_on_a_phone(open_page: Open) -> None:
    page = open_page(viewport={"width": 390, "height": 844})
    wait_until_drawn(page)
    canvas(page).scroll_into_view_if_needed()
    box = button(page, "Train").bounding_box()
    assert box["y"] + box["height"] <= 844


def test_another_page_keeps_the_epoch(open_page: Open) -> None:
    page = open_page("?pace=full&epochs=5")
    button(page, "Train").click()
    expect(main(page).get_by_text("test images correctly")).to_be_visible(timeout=30_000)
    main(page).get_by_role("slider", name="Epoch").press("Home")
    expect(main(page).get_by_text("Validation accuracy, epoch 0")).to_be_visible()
    go_to(page, "Confusion matrix")
    expect(main(page).get_by_text("Epoch 0 of 5", exact=True)).to_be_visible()


def test_where_requests_for_news_do_not_come_through_the_page_follows_all_the_same(
    open_page: Open,
) -> None:
    page = open_page(
        "?epochs=10000&pace=10",
        prepare=lambda page: page.route("**/look/*", lambda route: route.abort()),
    )
    wait_until_drawn(page)
    button(page, "Train").click()
    expect(page.locator(".run-status .words")).to_have_text(
        re.compile(r"Epoch [1-9]\d\d* of"), timeout=30_000
    )
    before = drawings(page)
    page.wait_for_timeout(2000)
    assert drawings(page) > before + 3


def test_a_phone_has_no_room_for_a_unit_that_is_followed(open_page: Open) -> None:
    page = open_page("?epochs=1&pace=full&hidden_layers=32,16,16")
    wait_until_drawn(page)
    button(page, "Train").click()
    expect(main(page).get_by_text("test images correctly")).to_be_visible()
    go_to(page, "One step")
    unit = main(page).get_by_role("spinbutton", name="Unit of layer 1")
    unit.fill("32")
    unit.press("Enter")
    expect(main(page).get_by_text("for unit 32 of layer 1")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    expect(canvas(page)).to_have_js_property("clientWidth", 358)
    page.mouse.wheel(0, 600)  # an error while it is drawn anew would fail the test
    expect(main(page).get_by_text("BidiComponent Error")).to_have_count(0)
