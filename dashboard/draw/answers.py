"""What networks say to the drawing, while it is drawn."""

from collections.abc import Hashable

from dashboard import session
from dashboard.components.class_bars import ClassAnswer, class_answer, no_answer, show_class_bars
from dashboard.components.network_view import show_network
from dashboard.draw.novelty import remark_on_novelty
from dashboard.draw.trained_networks import (
    TrainedNetwork,
    all_networks,
    scaled_drawing,
    shown_drawing,
)
from dashboard.drawing import drawing_version, prepared_drawing


def draw_answer(trained: TrainedNetwork) -> None:
    """Draw the answer of one network, with the probability of each class."""
    show_class_bars(
        lambda: [_answer(trained, note=_note(trained))],
        lambda: (_version(trained), _note(trained)),
        key=session.CLASS_BARS,
    )


def draw_all_answers() -> None:
    """Draw the answers of all networks side by side."""
    networks = all_networks()
    show_class_bars(
        lambda: [_answer(trained, title=trained.title) for trained in networks],
        lambda: tuple(map(_version, networks)),
        key=session.ALL_CLASS_BARS,
    )


def draw_network(trained: TrainedNetwork, *, height: int) -> None:
    """Draw the network with the drawing in it."""
    show_network(
        trained.network,
        lambda: _version(trained),
        lambda: shown_drawing(trained),
        trained.dataset,
        key=session.DRAWN_NETWORK_VIEW,
        height=height,
    )


def _version(trained: TrainedNetwork) -> Hashable:
    return drawing_version(), trained.version()


def _note(trained: TrainedNetwork) -> str:
    return session.tab().drawing.problem or remark_on_novelty(trained)


def _answer(trained: TrainedNetwork, *, title: str = "", note: str = "") -> ClassAnswer:
    names = trained.dataset.class_names
    if prepared_drawing(trained.preparation).is_blank:
        empty = no_answer(names, "Draw a digit on the pad.", title=title)
        return empty._replace(note=note)
    x = scaled_drawing(trained)
    return class_answer(trained.network(), x, names, title=title, note=note)
