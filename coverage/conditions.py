"""Under what conditions cameras look: light, leaves, and how high the target stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from .errors import InvalidInputError

Light = Literal["day", "night"]
Obstacles = Literal["buildings", "leaf_off", "leaf_on"]

LIGHTS: Final = ("day", "night")
OBSTACLES: Final = ("buildings", "leaf_off", "leaf_on")
HEAD_M: Final = 1.7
"""Height of a grown person's head: what must come into the picture for a person to be seen."""


@dataclass(frozen=True)
class Conditions:
    """Under what conditions cameras look.

    Attributes
    ----------
    light : {"day", "night"}
        At night only what a street lamp or the camera's own infrared lights up is seen.
    obstacles : {"buildings", "leaf_off", "leaf_on"}
        What hides besides buildings: nothing; walls and solid fences; those, hedges and rows of trees.
    target_m : float
        Height above the street of what must be seen, metres: 0 the ground, 1.7 a person's head.

    Raises
    ------
    InvalidInputError
        For a word that is not one of these, or a height below 0 or not finite.
    """

    light: Light = "day"
    obstacles: Obstacles = "buildings"
    target_m: float = HEAD_M

    def __post_init__(self) -> None:
        if self.light not in LIGHTS:
            raise InvalidInputError("unknown_light", known=", ".join(LIGHTS))
        if self.obstacles not in OBSTACLES:
            raise InvalidInputError("unknown_obstacles", known=", ".join(OBSTACLES))
        if not 0 <= self.target_m <= 100:
            raise InvalidInputError("target_height_wrong")


BY_DAY: Final = Conditions()
"""What is meant where nothing is said."""
