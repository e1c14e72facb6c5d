"""What a reader does with the drawings that were kept."""

import math

import numpy as np

from dashboard import session
from dashboard.components.digit_pad import PAD, PAD_SIDE, put_on_pad
from data.drawing.gallery import KeptDrawing, check_label
from data.drawing.gallery_files import read_gallery
from data.drawing.ink import DrawingError

NO_LABEL = "?"


def label_of(choice: str | None) -> int | None:
    """Return the label that a choice of the page stands for."""
    return check_label(int(choice) if choice and choice.isdigit() else None)


def keep_drawing(choice: str | None) -> bool:
    """Keep what is on the pad under a label, and wipe the pad for the next one.

    Returns
    -------
    Whether it is kept; if not, the session knows why.
    """
    tab = session.tab()
    strokes = [stroke for stroke in tab.drawing.strokes if len(stroke)]
    is_kept = _add([KeptDrawing(strokes, PAD, label=label_of(choice))])
    if is_kept:
        tab.kept = tab.gallery.drawings[-1].number
        put_on_pad([])
    return is_kept


def load_gallery(name: str, content: bytes) -> None:
    """Bring drawings back from a file, to those that are here; the same one comes only once.

    Counted twice, a drawing would make the score look surer than it is.
    """
    tab = session.tab()
    try:
        drawings = read_gallery(name, content)
    except DrawingError as error:
        tab.gallery_problem = str(error)
        return
    known = {(kept.ink.tobytes(), kept.label) for kept in tab.gallery.drawings}
    new = [each for each in drawings if (each.ink.tobytes(), each.label) not in known]
    if _add(new) and len(new) < len(drawings):
        tab.gallery_problem = (
            f"{len(drawings) - len(new)} of the {len(drawings)} drawings in that file are here "
            "already, and were left out."
        )


def _add(drawings: list[KeptDrawing]) -> bool:
    """Keep drawings, or note why that cannot be; say whether they are kept."""
    tab = session.tab()
    try:
        tab.gallery.add(drawings)
        tab.gallery_problem = ""
    except DrawingError as error:
        tab.gallery_problem = str(error)
    return not tab.gallery_problem


def selected_drawing() -> KeptDrawing | None:
    """Return the drawing that is selected; the newest where none is."""
    tab = session.tab()
    drawings = tab.gallery.drawings
    newest = drawings[-1] if drawings else None
    return next((drawing for drawing in drawings if drawing.number == tab.kept), newest)


def select_drawing(drawing: KeptDrawing) -> None:
    """Select a drawing."""
    session.tab().kept = drawing.number


def set_label(drawing: KeptDrawing, choice: str | None) -> None:
    """Say what a drawing is."""
    drawing.label = label_of(choice)


def delete_drawing(drawing: KeptDrawing) -> None:
    """Delete a drawing."""
    session.tab().gallery.remove(drawing)


def delete_all() -> None:
    """Delete all drawings."""
    session.tab().gallery.clear()


def draw_again(drawing: KeptDrawing) -> None:
    """Put a drawing back on the pad, and open the tab with the pad."""
    height, width = drawing.pad
    ratio = PAD_SIDE / max(drawing.pad)  # a file may come from another pad
    shift = np.array([PAD_SIDE - ratio * width, PAD_SIDE - ratio * height, 0]) / 2
    strokes = [stroke if math.isclose(ratio, 1) else stroke * ratio for stroke in drawing.strokes]
    put_on_pad([stroke + shift for stroke in strokes])
    session.tab().left_tabs[session.DRAW_TAB] = "Draw"
    session.set_value(session.DRAW_TAB, "Draw")
