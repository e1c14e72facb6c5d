"""The playground in real Chromium: it plays what NumPy trains, and draws what NumPy computes."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from data.plane_features import PLANE_FEATURES, plane_features
from mlp.activations import ACTIVATIONS, OUTPUTS
from mlp.backprop import Workspace, forward
from mlp.network import Network
from tests.browser.test_journeys import Open, go_to, is_too_wide

SCRIPT = Path(__file__).parents[2] / "dashboard" / "components" / "forward_pass.js"
SIZES = (len(PLANE_FEATURES), 5, 4, 3)
QUERY = "playground?dataset=xor&hidden_layers=3&activation=tanh&epochs=9000"


@pytest.fixture(scope="module")
def blank(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page()
    page.goto("about:blank")
    page.add_script_tag(content=SCRIPT.read_text(encoding="utf-8"))
    yield page
    page.close()


def in_browser(page: Page, network: Network, points: np.ndarray, scaler: dict) -> list[np.ndarray]:
    """What the script makes of points in the plane, layer by layer: (n_points, n_units)."""
    described = {
        "sizes": network.sizes,
        "activation": network.activation.name,
        "output": network.output.name,
        "features": list(PLANE_FEATURES),
        **scaler,
    }
    script = """([network, parameters, xs, ys]) => {
      network.places = placesOf(network.sizes);
      const { activations } = forward(network, parameters, inputsOf(network, xs, ys));
      return activations.map((layer) => layer.map((unit) => [...unit]));
    }"""
    xs, ys = points.astype(float).T.tolist()
    arguments = json.loads(json.dumps([described, network.parameters.tolist(), xs, ys]))
    return [np.array(layer).T for layer in page.evaluate(script, arguments)]


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_forward_pass_for_display_is_that_of_numpy(
    blank: Page, activation: str, output: str
) -> None:
    rng = np.random.default_rng(0)
    network = Network(SIZES, activation=activation, output=output, bias_init="normal", rng=rng)
    points = rng.uniform(-1.3, 1.3, (40, 2)).astype(np.float32)
    features = plane_features(points, PLANE_FEATURES)
    shift, scale = features.mean(axis=0), features.std(axis=0)
    scaler = {"shift": shift.tolist(), "scale": scale.tolist()}
    workspace = Workspace(network, len(points))
    forward(network, (features - shift) / scale, workspace)
    found = in_browser(blank, network, points, scaler)
    answers = network.output.value(workspace.zs[-1])
    for l, expected in enumerate([*workspace.activations[1:-1], answers], 1):
        np.testing.assert_allclose(found[l], expected, atol=1e-5, rtol=0)


def canvas(page: Page) -> Locator:
    return page.locator(".plane-network canvas.network").first


def epoch(page: Page) -> float:
    return float(page.locator(".epoch").first.inner_text().replace(",", ""))


def drawn(page: Page) -> int:
    return int(page.locator(".plane-network").first.get_attribute("data-drawn") or 0)


def wait_until_redrawn(page: Page, before: int) -> None:
    drawn_now = "Number([...window.planeNetworks.values()][0].root.dataset.drawn)"
    page.wait_for_function(f"(before) => {drawn_now} > before", arg=before)


def open_playground(open_page: Open, query: str = QUERY, **settings: object) -> Page:
    page = open_page(query, **settings)
    expect(page.locator(".plane-network[data-drawn]").first).to_be_visible(timeout=15_000)
    return page


def wait_for_epoch(page: Page, least: float) -> None:
    page.wait_for_function(
        """(least) => window.planeNetworks?.size
             && [...window.planeNetworks.values()].every((view) =>
             Number(view.find(".epoch").textContent.replace(",", "")) >= least)""",
        arg=least,
    )


def rest(page: Page) -> None:
    """Wait until the training is paused, and its newest picture is shown."""
    page.wait_for_function(
        """() => [...window.planeNetworks.values()].every((view) =>
             view.content.status !== "playing" && !view.commands.length
             && Math.round(view.head) === view.frames.length - 1)"""
    )


def test_it_plays_pauses_and_plays_the_film_again(open_page: Open) -> None:
    page = open_playground(open_page)
    assert epoch(page) == 0
    page.get_by_role("button", name="▶ Play").click()
    wait_for_epoch(page, 20)
    assert drawn(page) > 15  # pictures of their own, and not every 20th
    page.get_by_role("button", name="Pause").click()
    rest(page)
    newest = epoch(page)
    moment = page.get_by_role("slider", name="Moment of the training")
    moment.focus()
    page.keyboard.press("Home")
    expect(page.locator(".epoch")).to_have_text("0")
    page.get_by_role("button", name="Replay").click()
    wait_for_epoch(page, 5)
    page.get_by_role("button", name="Stop").click()
    assert epoch(page) < newest
    page.get_by_role("button", name="Now").click()
    wait_for_epoch(page, newest)


def test_a_weight_is_set_and_frozen_by_keys_alone(open_page: Open) -> None:
    page = open_playground(open_page)
    canvas(page).focus()
    for key in ("ArrowLeft", "ArrowLeft", "."):  # the output layer, then the hidden one
        page.keyboard.press(key)
    expect(page.locator(".words").first).to_contain_text("weight from x₁ to unit 1 of layer 1")
    page.keyboard.press("Enter")
    value = page.locator(".hand input[type=number]")
    expect(value).to_be_focused()
    before = drawn(page)
    value.fill("-2.5")
    wait_until_redrawn(page, before)
    page.get_by_role("checkbox", name="Freeze").check()
    page.locator("[data-do=epoch]").click()
    wait_for_epoch(page, 1)
    rest(page)
    expect(page.locator(".hand input[type=range]")).to_have_js_property("value", "-2.5")
    parameters = page.evaluate("[...[...window.planeNetworks.values()][0].parameters]")
    assert parameters[0] == -2.5


def test_the_pointer_shows_numbers_everywhere_and_the_boundary_of_a_unit(open_page: Open) -> None:
    page = open_playground(open_page)
    view = "[...window.planeNetworks.values()][0]"
    unit = page.evaluate(f"{view}.geometry.places[1][0]")
    canvas(page).hover(position={"x": unit["x"], "y": unit["y"]})
    expect(page.locator(".detail")).to_contain_text("z =")
    expect(page.locator(".detail")).to_contain_text("· x₁")
    assert page.evaluate(f"{view}.at.length") == 2
    bias = page.evaluate(
        f"(({{ connections }}) => connections.find(({{ from }}) => from === null).place)({view})"
    )
    canvas(page).click(position={"x": unit["x"], "y": unit["y"]})
    assert page.evaluate(f"{view}.selected") == bias
    expect(page.locator(".hand .name")).to_have_text("bias of unit 1 of layer 1")


def test_layers_units_and_features_change_in_the_drawing(open_page: Open) -> None:
    page = open_playground(open_page)
    sizes = "[...window.planeNetworks.values()][0].network.sizes.join('-')"
    page.get_by_role("button", name="Add a unit to layer 1").click()
    page.wait_for_function(f"() => {sizes} === '2-4-2'")
    page.get_by_role("button", name="Add a hidden layer").click()
    page.wait_for_function(f"() => {sizes} === '2-4-4-2'")
    tile = page.evaluate("[...window.planeNetworks.values()][0].geometry.features[4]")
    canvas(page).click(position={"x": tile["x"], "y": tile["y"]})
    page.wait_for_function(f"() => {sizes} === '3-4-4-2'")
    assert "features=" in page.url
    page.get_by_role("button", name="Hidden space").click()
    page.get_by_role("combobox", name="of", exact=True).select_option("1")
    before = drawn(page)
    page.get_by_role("combobox", name="up", exact=True).select_option("2")
    wait_until_redrawn(page, before)


def test_the_film_is_there_again_after_another_page(open_page: Open) -> None:
    page = open_playground(open_page)
    page.get_by_role("button", name="▶ Play").click()
    wait_for_epoch(page, 5)
    go_to(page, "Explore")
    go_to(page, "Playground")
    wait_for_epoch(page, 5)
    n_frames = "[...window.planeNetworks.values()][0]?.frames.length"
    page.wait_for_function(f"() => {n_frames} > 5")
    expect(page.get_by_role("button", name="▶ Play")).to_be_visible()  # it rests out of sight


def test_the_buttons_work_after_a_reload(open_page: Open) -> None:
    page = open_playground(open_page)
    page.get_by_role("button", name="▶ Play").click()
    wait_for_epoch(page, 5)
    page.reload()
    expect(page.locator(".plane-network[data-drawn]").first).to_be_visible(timeout=15_000)
    wait_for_epoch(page, 6)  # the session is there again
    page.get_by_role("button", name="❚❚ Pause").click()
    rest(page)
    paused = epoch(page)
    page.locator("[data-do=epoch]").click()
    wait_for_epoch(page, paused + 0.1)
    rest(page)
    assert epoch(page) <= paused + 1


def test_where_requests_do_not_come_through_it_plays_by_reruns(open_page: Open) -> None:
    page = open_playground(open_page, prepare=lambda p: p.route("**/look/*", lambda r: r.abort()))
    page.get_by_role("button", name="▶ Play").click()
    wait_for_epoch(page, 10)


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen(open_page: Open, width: int) -> None:
    page = open_playground(open_page, viewport={"width": width, "height": 844})
    assert not is_too_wide(page)
    box = page.evaluate("[...window.planeNetworks.values()][0].geometry.box")
    assert box["x"] + box["side"] <= canvas(page).bounding_box()["width"]
