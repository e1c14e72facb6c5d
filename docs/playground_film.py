"""Update the film and the pictures of the playground: python docs/playground_film.py [film] [pages]

Starts the app, plays a training on spirals in Chromium, and then takes a picture of the page at
each moment of it: the film runs as fast as the training was played. And it takes a picture of the
page in each theme.
"""

import io
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from PIL import Image  # noqa: E402  # the tests' server is found from the root
from playwright.sync_api import Browser, Page  # noqa: E402
from screenshots import PAGE_SIZE, QUALITY, SCREENS, THEMES, picture, take  # noqa: E402

ADDRESS = "/playground?dataset=spirals&hidden_layers=8,8&activation=tanh&epochs=10000"
EPOCHS = 200  # by then the arms are apart
FRAME_MS, LAST_MS = 100, 1500
PER_PICTURE = 3  # frames of the training in a picture of the film: 30 a second, as it is played
FILM_WIDTH = 960
FILM_QUALITY = 70  # of WebP, in percent

NEWEST = "() => [...window.planeNetworks.values()][0].frames.length - 1"
SHOW = """(head) => {
  const [view] = window.planeNetworks.values();
  Object.assign(view, { head, isLive: true, rate: 0 });
  view.curves.dispatchEvent(new PointerEvent("pointerleave"));  // paints
}"""


def open_playground(browser: Browser, url: str, size: tuple[int, int], scheme: str) -> Page:
    """Open the playground on a screen of its own, and play until the network has learned."""
    width, height = size
    viewport = {"width": width, "height": height}
    page = browser.new_context(viewport=viewport, color_scheme=scheme).new_page()
    page.set_default_timeout(120_000)
    page.goto(url + ADDRESS)
    page.locator(".plane-network[data-drawn]").wait_for()
    play = page.locator(".play")
    play.click()
    page.mouse.move(0, 0)
    page.wait_for_function(f"({NEWEST})() >= {EPOCHS}")
    return page


def take_film(browser: Browser, url: str) -> None:
    """Write a film of the network while it learns, from one page that stands still for each."""
    page = open_playground(browser, url, SCREENS["laptop"], "light")
    page.locator(".play").click()
    page.wait_for_timeout(2000)
    moments = range(0, EPOCHS + 1, PER_PICTURE)
    first, *others = [picture_at(page, head) for head in moments]
    times = [FRAME_MS] * len(others) + [LAST_MS]
    first.save(
        HERE / "playground.webp",
        append_images=others,
        duration=times,
        loop=0,
        quality=FILM_QUALITY,
        method=6,
    )
    page.context.close()


def picture_at(page: Page, head: int) -> Image.Image:
    """Return a picture of the network and the curves at a moment of the training."""
    page.evaluate(SHOW, head)
    page.wait_for_timeout(60)
    element = page.locator(".plane-network").screenshot()
    whole = Image.open(io.BytesIO(element)).convert("RGB")
    height = round(whole.height * FILM_WIDTH / whole.width)
    return whole.resize((FILM_WIDTH, height), Image.Resampling.LANCZOS)


def take_pages(browser: Browser, url: str) -> None:
    """Write one picture of the page for each theme."""
    for scheme in THEMES:
        page = open_playground(browser, url, PAGE_SIZE, scheme)
        page.wait_for_timeout(3000)
        picture(page).save(HERE / f"playground-{scheme}.webp", quality=QUALITY)
        page.context.close()


PARTS = {"film": take_film, "pages": take_pages}


if __name__ == "__main__":
    take(PARTS, sys.argv[1:])
