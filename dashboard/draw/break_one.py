"""One image, damaged as much as the slider says, and what the network makes of it."""

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from dashboard import session
from dashboard.components.class_bars import ClassAnswer, class_answer, show_class_bars
from dashboard.components.damage_pictures import DamagePictures, show_damage_pictures
from dashboard.components.live_feed import forget_live_elements, open_live_page, poll
from dashboard.components.live_slider import parse_position, show_live_slider
from dashboard.components.network_view import ShownSample, show_network
from dashboard.components.source_code import show_source
from dashboard.components.wrapping_columns import wrapping_columns
from dashboard.draw.break_sample import (
    BreakSample,
    choose_damage,
    choose_network_and_image,
    image_kind,
)
from dashboard.draw.trained_networks import TrainedNetwork
from data.corruption import Corruption, Damage, ImageKind, corrupt
from experiments.evaluation.attack import (
    GRADIENT_SIGN,
    ScaledNetwork,
    attack_directions,
    gradient_sign_attack,
)
from experiments.training.plan import make_objective
from mlp.arrays import Array
from mlp.network import Network

ANY_OTHER = "anything else"
PICTURES_WIDTH, BARS_WIDTH = 560, 330  # pixels
NETWORK_HEIGHT = 300
FIRST_SHARE = 0.3  # of the strongest damage, before the reader moves the slider


class Wanted(NamedTuple):
    """What is to be done to an image; the strength is the slider's.

    target : the class that an attack is to reach; None for any but the right one
    """

    damage: Damage
    kind: ImageKind
    target: int | None

    @property
    def limits(self) -> tuple[int, int]:
        """The ends of the slider, in steps."""
        low, high = self.damage.limits(self.kind)
        n_steps = int(high / self.damage.step(self.kind) + 1e-6)
        return (-n_steps if low < 0 else 0), n_steps

    @property
    def position(self) -> int:
        """Where the slider is, in steps."""
        low, high = self.limits
        first = round(FIRST_SHARE * high)
        position = session.tab().breaking.positions.get(self.damage.name, first)
        return min(max(position, low), high)

    @property
    def strength(self) -> float:
        """How strong the damage is, in its unit."""
        return self.position * self.damage.step(self.kind)


class Damaged(NamedTuple):
    """A damaged image, and the network that reads it now.

    recorded : (n_features,), as recorded
    x : (n_features,), scaled for the network
    """

    network: Network
    recorded: Array
    x: Array


def draw_one_image() -> None:
    """Draw the choices, the slider, and all that follows it."""
    forget_live_elements()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        trained, sample, is_outdated, was_loading = choose_network_and_image()
    wanted = _choose_damage(trained)
    address = open_live_page(is_outdated, lambda message: _take(message, wanted))
    _draw_slider(address, wanted)
    if wanted.damage is GRADIENT_SIGN:
        st.caption(
            "One step along the sign of the gradient at the undamaged image. It need not succeed, "
            "and a larger step may do less: the gradient is that of small changes. Another "
            "image, or another answer to aim at, may be easier."
        )
    _draw_what_follows(trained, sample, wanted)
    poll(address, is_outdated, is_moving=session.is_job_active() or was_loading)
    show_source("The lines of NumPy that do this", _lines_of(wanted.damage))


def _lines_of(damage: Damage) -> dict[str, Callable[..., Any]]:
    """Return the functions that do a damage."""
    if isinstance(damage, Corruption):
        return {damage.title: damage.apply, "Damage": corrupt}
    return {"Attack": gradient_sign_attack, "Directions": attack_directions}


def _choose_damage(trained: TrainedNetwork) -> Wanted:
    """Draw the choice of a damage, and of the target of an attack; return what is wanted."""
    kind, names = image_kind(trained), trained.dataset.class_names
    with st.container(horizontal=True, vertical_alignment="bottom"):
        damage = choose_damage(
            key=session.BREAK_DAMAGE, about="The attack alone knows the network."
        )
        target = None
        if damage is GRADIENT_SIGN:
            chosen = st.selectbox(
                "Make it say",
                [ANY_OTHER, *names],
                key=session.BREAK_TARGET,
                persist_state="session",
                width=150,
                help="Away from the true class, or toward the class that you choose.",
            )
            target = names.index(chosen) if chosen in names else None
        if damage.has_chance:
            st.button(
                "Again",
                icon=":material/casino:",
                on_click=_draw_anew,
                help="Draw anew what is random in this damage.",
            )
    return Wanted(damage, kind, target)


def _draw_anew() -> None:
    session.tab().breaking.seed += 1


def _draw_slider(address: str, wanted: Wanted) -> None:
    damage = wanted.damage
    show_live_slider(
        address,
        name=damage.name,
        label=f"Strength. {damage.meaning}",
        limits=wanted.limits,
        step=damage.step(wanted.kind),
        unit=damage.unit,
        position=wanted.position,
        key=session.BREAK_SLIDER,
        on_take=lambda message: _take(message, wanted),
    )


def _take(message: object, wanted: Wanted) -> None:
    """Move the slider to where the browser says it is, unless that is nowhere."""
    position = parse_position(message, wanted.damage.name, wanted.limits)
    if position is not None:
        session.tab().breaking.positions[wanted.damage.name] = position


def _draw_what_follows(trained: TrainedNetwork, sample: BreakSample, wanted: Wanted) -> None:
    """Draw the pictures, the answers and the network, which follow the slider."""
    names = trained.dataset.class_names

    @lru_cache(1)
    def made(version: Hashable) -> Damaged:
        return damaged_image(trained, sample, wanted)

    def version() -> Hashable:
        return trained.version(), sample.id, wanted.position, session.tab().breaking.seed

    def now() -> Damaged:
        return made(version())

    def shown() -> ShownSample:
        return ShownSample(now().recorded, now().x, sample.about, sample.label)

    left, right = wrapping_columns(session.BREAK_COLUMNS, (PICTURES_WIDTH, BARS_WIDTH))
    with left:
        show_damage_pictures(
            lambda: _pictures(sample, wanted, now()), version, key=session.BREAK_PICTURES
        )
    with right:
        show_class_bars(
            lambda: _answers(trained, sample, now(), names), version, key=session.BREAK_CLASS_BARS
        )
    show_network(
        lambda: now().network,
        version,
        shown,
        trained.dataset,
        key=session.BREAK_NETWORK_VIEW,
        height=NETWORK_HEIGHT,
    )


def damaged_image(trained: TrainedNetwork, sample: BreakSample, wanted: Wanted) -> Damaged:
    """Return the image with the damage of the slider done to it."""
    network, recorded, damage = trained.network(), sample.recorded, wanted.damage
    if isinstance(damage, Corruption):
        seed = session.tab().breaking.seed
        images = recorded[np.newaxis]
        recorded = corrupt(images, wanted.kind, damage, wanted.strength, seed=seed)[0]
    else:
        recorded = _attacked(trained, network, sample, wanted)
    return Damaged(network, recorded, trained.scaler.transform(recorded[np.newaxis])[0])


def _attacked(
    trained: TrainedNetwork, network: Network, sample: BreakSample, wanted: Wanted
) -> Array:
    """Return the attacked image: a drawing without a label is attacked away from the answer."""
    scaled = ScaledNetwork(network, trained.scaler, make_objective(trained.config).loss)
    label, is_target = wanted.target, wanted.target is not None
    if label is None:
        label = sample.label
    if label is None:
        label = int(scaled.answers(sample.recorded[np.newaxis])[0])
    return gradient_sign_attack(
        scaled, sample.recorded, wanted.kind, wanted.strength, label, is_target=is_target
    )


def _pictures(sample: BreakSample, wanted: Wanted, damaged: Damaged) -> DamagePictures:
    shape, maximum = wanted.kind
    images = sample.recorded.reshape(shape), damaged.recorded.reshape(shape)
    return DamagePictures(*images, maximum, wanted.damage.title)


def _answers(
    trained: TrainedNetwork, sample: BreakSample, damaged: Damaged, names: tuple[str, ...]
) -> list[ClassAnswer]:
    """Return what the network says to the image, and to the damaged one."""
    x = trained.scaler.transform(sample.recorded[np.newaxis])[0]
    return [
        class_answer(damaged.network, x, names, title="Undamaged"),
        class_answer(damaged.network, damaged.x, names, title="Damaged"),
    ]
