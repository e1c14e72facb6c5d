"""Digits as a hand writes them: three forms of each, as polylines in a square of side 1."""

import math
from typing import NamedTuple

Point = tuple[float, float]
Strokes = list[list[Point]]


def arc(center: Point, radii: Point, start: float, end: float, n_points: int = 12) -> list[Point]:
    """Points of an ellipse; 0 degrees is to the right, 90 is down."""
    angles = [math.radians(start + (end - start) * i / (n_points - 1)) for i in range(n_points)]
    return [
        (center[0] + radii[0] * math.cos(angle), center[1] + radii[1] * math.sin(angle))
        for angle in angles
    ]


FORMS: dict[str, Strokes] = {
    "0 round": [arc((0.5, 0.5), (0.34, 0.48), -90, 270, 20)],
    "0 narrow": [arc((0.5, 0.5), (0.22, 0.48), -60, 310, 20)],
    "0 open": [arc((0.5, 0.5), (0.32, 0.47), -120, 225, 20)],
    "1 line": [[(0.5, 0.0), (0.5, 1.0)]],
    "1 slanted": [[(0.62, 0.0), (0.42, 1.0)]],
    "1 with flag": [[(0.3, 0.25), (0.55, 0.0), (0.55, 1.0)]],
    "2 round": [[*arc((0.5, 0.28), (0.32, 0.27), 190, 380), (0.15, 1.0), (0.88, 1.0)]],
    "2 angular": [[(0.2, 0.15), (0.5, 0.0), (0.8, 0.2), (0.75, 0.45), (0.15, 1.0), (0.85, 0.97)]],
    "2 with loop": [
        [
            *arc((0.5, 0.27), (0.3, 0.26), 180, 390),
            (0.3, 0.85),
            *arc((0.26, 0.86), (0.13, 0.1), 60, 330, 10),
            (0.55, 0.95),
            (0.9, 0.9),
        ]
    ],
    "3 round": [
        [
            *arc((0.45, 0.25), (0.3, 0.24), 200, 430),
            *arc((0.45, 0.73), (0.35, 0.26), -80, 155),
        ]
    ],
    "3 angular": [[(0.2, 0.0), (0.8, 0.0), (0.42, 0.4), (0.8, 0.65), (0.6, 0.97), (0.15, 0.9)]],
    "3 wide": [
        [
            (0.15, 0.1),
            *arc((0.5, 0.24), (0.32, 0.23), -120, 90),
            (0.4, 0.47),
            *arc((0.5, 0.73), (0.36, 0.26), -90, 140),
            (0.1, 0.88),
        ]
    ],
    "4 open": [[(0.25, 0.0), (0.15, 0.55), (0.85, 0.55)], [(0.68, 0.15), (0.65, 1.0)]],
    "4 closed": [[(0.65, 1.0), (0.65, 0.0), (0.1, 0.65), (0.9, 0.65)]],
    "4 slanted": [[(0.4, 0.0), (0.12, 0.5), (0.8, 0.48)], [(0.8, 0.05), (0.55, 1.0)]],
    "5 in one": [
        [(0.8, 0.0), (0.28, 0.02), (0.24, 0.42), *arc((0.45, 0.69), (0.33, 0.29), -110, 140)]
    ],
    "5 with hat": [
        [(0.3, 0.05), (0.25, 0.42), *arc((0.45, 0.68), (0.33, 0.29), -100, 150)],
        [(0.3, 0.05), (0.82, 0.03)],
    ],
    "5 angular": [
        [(0.8, 0.0), (0.25, 0.0), (0.22, 0.45), (0.6, 0.42), (0.8, 0.68), (0.6, 0.97), (0.15, 0.95)]
    ],
    "6 curved": [
        [(0.68, 0.0), (0.38, 0.25), (0.2, 0.6), *arc((0.48, 0.72), (0.28, 0.26), 180, -170, 16)]
    ],
    "6 straight": [[(0.6, 0.0), (0.25, 0.65), *arc((0.5, 0.74), (0.25, 0.24), 200, -150, 16)]],
    "6 round": [
        [*arc((0.6, 0.5), (0.42, 0.48), -75, -180), *arc((0.5, 0.7), (0.32, 0.28), 180, -180, 16)]
    ],
    "7 plain": [[(0.15, 0.03), (0.85, 0.0), (0.4, 1.0)]],
    "7 crossed": [[(0.15, 0.05), (0.85, 0.02), (0.4, 1.0)], [(0.3, 0.5), (0.78, 0.48)]],
    "7 curved": [[(0.15, 0.12), (0.3, 0.03), (0.8, 0.05), (0.6, 0.4), (0.48, 0.7), (0.45, 1.0)]],
    "8 in one": [
        [
            *arc((0.5, 0.25), (0.26, 0.24), -45, -270, 12),
            *arc((0.5, 0.74), (0.32, 0.26), -90, 270, 16),
            *arc((0.5, 0.25), (0.26, 0.24), 90, -45, 10),
        ]
    ],
    "8 of two": [
        arc((0.5, 0.24), (0.25, 0.23), -90, 270, 16),
        arc((0.5, 0.73), (0.31, 0.26), -90, 270, 16),
    ],
    "8 crossed": [
        [
            (0.75, 0.15),
            (0.5, 0.0),
            (0.27, 0.2),
            (0.75, 0.75),
            (0.5, 1.0),
            (0.25, 0.78),
            (0.75, 0.15),
        ]
    ],
    "9 straight": [[*arc((0.5, 0.27), (0.27, 0.26), -20, -360, 16), (0.72, 0.1), (0.68, 1.0)]],
    "9 curved": [
        [*arc((0.48, 0.28), (0.28, 0.27), -30, -360, 16), (0.74, 0.6), (0.6, 0.9), (0.25, 0.98)]
    ],
    "9 slanted": [[*arc((0.52, 0.26), (0.26, 0.24), 0, -350, 16), (0.75, 0.35), (0.45, 1.0)]],
}
"""By their names, which begin with the digit."""

SIZES = (0.35, 0.55, 0.8)
"""Of the side of the pad."""


class Placed(NamedTuple):
    """A digit on a pad of side 1: its label, what it is, and its strokes."""

    label: str
    name: str
    strokes: Strokes


def places(size: float) -> list[Point]:
    """Where the upper left corner of a digit is: near three corners, and in the middle."""
    near, far = 0.06, 0.94 - size
    return [(near, near), (far, near), (near, far), ((1 - size) / 2, (1 - size) / 2)]


def placed(name: str, size: float, place: int) -> Placed:
    left, top = places(size)[place]
    strokes = [[(left + size * x, top + size * y) for x, y in stroke] for stroke in FORMS[name]]
    return Placed(name[0], f"{name}, size {size:g}, place {place}", strokes)


def every_digit() -> list[Placed]:
    """Return each form in each size at each place."""
    return [placed(name, size, i) for name in FORMS for size in SIZES for i in range(4)]


def some_digits() -> list[Placed]:
    """Return each form at two places, of one size each; all come about equally often."""
    return [
        placed(name, SIZES[(n + i) % len(SIZES)], (n + 2 * i) % 4)
        for n, name in enumerate(FORMS)
        for i in range(2)
    ]
