"""Update the pictures of the README: python docs/screenshots.py [pages] [moments] [film] [layers]

Starts the app and takes pictures of it with Chromium: of each page in each theme, of the first
screen at some moments of a run on each kind of screen, a film of a network that learns, and one of
what its layers make of the samples meanwhile.
"""

import io
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from PIL import Image  # noqa: E402  # the tests' server is found from the root
from playwright.sync_api import Browser, Locator, Page, expect  # noqa: E402

from dashboard.shell.page_registry import PAGES, PageEntry  # noqa: E402
from tests.browser.serving import running_chromium, running_server  # noqa: E402
from tests.drawn_digits import placed  # noqa: E402

THEMES = ("light", "dark")
SCREENS = {"laptop": (1280, 800), "projector": (1920, 1080), "phone": (390, 844)}
PAGE_SIZE = (1280, 1000)
MOMENTS = {"1-before": 0, "2-first": 1, "3-soon": 4, "4-later": 12, "5-after": 30}
"""The pictures of a run of 30 epochs: the epoch after which each is taken."""
QUALITY = 82  # of WebP, in percent
FILM_SIZE = (1024, 640)
FILM_FRAMES, FRAME_MS = 36, 250
FILM = "?epochs=60&pace=10"
LAYERS = "?epochs=30&hidden_layers=32,16&learning_rate=0.001&pace=full"
LAYERS_MS, LAST_MS = 400, 2500  # an epoch, and the last one


def go_to(page: Page, title: str) -> None:
    """Go to a page by the navigation."""
    page.get_by_test_id("stSidebarNav").get_by_text(title, exact=True).click()
    page.get_by_role("heading", level=1, name=title).wait_for()


def train(page: Page) -> None:
    """Train the defaults."""
    button(page, "Train").click()
    page.get_by_text("test images correctly").wait_for()


def compare(page: Page) -> None:
    """Train both networks side by side."""
    page.get_by_role("tab", name="Side by side").click()
    button(page, "Train side by side").click()
    page.wait_for_timeout(1000)
    expect(button(page, "Train side by side")).to_be_enabled(timeout=60_000)
    page.get_by_role("tab", name="Over many seeds").click()
    button(page, "Compare over seeds").click()
    page.get_by_text("seeds, more than luck explains").or_(
        page.get_by_text("no difference that 10 seeds can show")
    ).first.wait_for(timeout=120_000)


def button(page: Page, name: str) -> Locator:
    """Return a button of the page."""
    return page.get_by_test_id("stMain").get_by_role("button", name=name, exact=True)


def draw(page: Page) -> None:
    """Write a digit on the pad."""
    pad = page.locator(".digit-pad canvas")
    pad.wait_for()
    box = pad.bounding_box()
    side, digit = box["width"], placed("3 round", 0.8, 3)
    points = [(box["x"] + side * x, box["y"] + side * y) for x, y in digit.strokes[0]]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=4)
    page.mouse.up()


PREPARE: dict[str, Callable[[Page], None]] = {"train": train, "draw": draw, "compare": compare}
"""What to do on a page before its picture is taken, by its name; nothing on the others."""


def open_page(browser: Browser, address: str, size: tuple[int, int], scheme: str) -> Page:
    """Open an address on a screen of its own, and wait until it is drawn."""
    width, height = size
    viewport = {"width": width, "height": height}
    page = browser.new_context(viewport=viewport, color_scheme=scheme).new_page()
    page.goto(address)
    page.locator(".network-view[data-drawn]").wait_for()
    page.locator(".chart .gridlayer").first.wait_for()
    return page


def picture(page: Page) -> Image.Image:
    """Take a picture of what is on the screen."""
    return Image.open(io.BytesIO(page.screenshot()))


def take_pages(browser: Browser, url: str) -> None:
    """Write one picture for each page and theme."""
    for scheme in THEMES:
        page = open_page(browser, f"{url}/?pace=full", PAGE_SIZE, scheme)
        for entry in PAGES:
            if entry.name == "playground":
                continue  # docs/playground_film.py plays it first
            take_page(page, entry, HERE / f"{entry.name}-{scheme}.webp")
        page.context.close()


def take_page(page: Page, entry: PageEntry, file: Path) -> None:
    """Go to a page, prepare it, and write a picture of its top."""
    if not entry.is_default:  # that one is open already
        go_to(page, entry.title)
    if entry.name in PREPARE:
        PREPARE[entry.name](page)
    page.mouse.move(0, 0)
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")
    page.wait_for_timeout(2000)
    picture(page).save(file, quality=QUALITY)


def take_moments(browser: Browser, url: str) -> None:
    """Write pictures of the first screen, from before a run to after it, on each screen."""
    folder = HERE / "first-screen"
    folder.mkdir(exist_ok=True)
    for screen, size in SCREENS.items():
        view = "&view=projector" if screen == "projector" else ""
        for scheme in THEMES:
            page = open_page(browser, f"{url}/?pace=2{view}", size, scheme)
            for name, epoch in MOMENTS.items():
                wait_for_epoch(page, epoch)
                picture(page).save(folder / f"{screen}-{scheme}-{name}.webp", quality=QUALITY)
            page.context.close()


def wait_for_epoch(page: Page, epoch: int) -> None:
    """Begin to train, or wait until so many epochs are over."""
    if epoch == 1:
        button(page, "Train").click()
        page.mouse.move(0, 0)
    if epoch == MOMENTS["5-after"]:
        page.get_by_text("test images correctly").wait_for()
    elif epoch:
        page.get_by_text(re.compile(rf"Epoch {epoch} of")).first.wait_for()
    page.wait_for_timeout(300)


def take_film(browser: Browser, url: str) -> None:
    """Write a film of the first screen while the network learns."""
    page = open_page(browser, f"{url}/{FILM}", SCREENS["laptop"], "light")
    button(page, "Train").click()
    page.mouse.move(0, 0)
    frames = []
    for _ in range(FILM_FRAMES):
        frames.append(picture(page).convert("RGB").resize(FILM_SIZE, Image.Resampling.LANCZOS))
        page.wait_for_timeout(FRAME_MS / 2)
    first, *others = frames
    file = HERE / "learning.webp"
    first.save(file, append_images=others, duration=FRAME_MS, loop=0, quality=QUALITY, method=6)
    page.context.close()


def take_layers(browser: Browser, url: str) -> None:
    """Write a film of the samples as each layer describes them, epoch by epoch."""
    page = open_page(browser, f"{url}/{LAYERS}", (1280, 1000), "light")
    train(page)
    go_to(page, "Inside")
    page.get_by_test_id("stMain").get_by_text("Representations", exact=True).click()
    page.locator(".chart .gridlayer").nth(2).wait_for()
    frames = [frame_at(page, epoch) for epoch in range(31)]
    times = [LAYERS_MS] * 30 + [LAST_MS]
    first, *others = frames
    file = HERE / "representations.webp"
    first.save(file, append_images=others, duration=times, loop=0, quality=QUALITY, method=6)
    page.context.close()


def frame_at(page: Page, epoch: int) -> Image.Image:
    """Move the slider to an epoch, and take a picture of the slider and the planes."""
    slider = page.get_by_role("slider", name="Epoch")
    slider.fill(str(epoch))
    page.wait_for_timeout(1500)
    row = page.locator(".st-key-planes_columns").bounding_box()
    top = slider.bounding_box()
    whole = picture(page).convert("RGB")
    left, right = row["x"], row["x"] + row["width"]
    planes = whole.crop((left, row["y"], right, row["y"] + row["height"]))
    line = whole.crop((left, top["y"] - 30, right, top["y"] + top["height"] + 8))
    frame = Image.new("RGB", (planes.width, line.height + planes.height), "white")
    frame.paste(line, (0, 0))
    frame.paste(planes, (0, line.height))
    return frame


PARTS = {"pages": take_pages, "moments": take_moments, "film": take_film, "layers": take_layers}


def take(parts: dict[str, Callable[[Browser, str], None]], asked: list[str]) -> None:
    """Take the parts that are asked for, or all."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(Path(folder) / "log") as server,
        running_chromium() as browser,
    ):
        for part in asked or parts:
            parts[part](browser, server.url)


if __name__ == "__main__":
    take(PARTS, sys.argv[1:])
