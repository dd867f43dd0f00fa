"""What a body with changes of cameras may hold."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from .schemas import Strict

MOST_CHANGES: Final = 200
IDENTITY: Final = "^[0-9a-f]{12}$"

Name = Annotated[
    str,
    Field(
        min_length=1,
        max_length=80,
        # no control characters, marks that turn the text round, or line breaks; not blanks alone
        pattern=r"^[^\p{C}\p{Zl}\p{Zp}]*[^\p{C}\p{Z}][^\p{C}\p{Zl}\p{Zp}]*$",
        description="Plain text.",
    ),
]
Identity = Annotated[str, Field(pattern=IDENTITY, description="Id of a kept scenario.")]


class ChangeSpec(Strict):
    """A change to the cameras; they are made one after the other."""

    action: Annotated[
        Literal["add", "move", "turn", "remove", "set"],
        Field(
            description="add: a place; move: a camera and a place; turn: a camera and a heading; remove: a "
            "camera; set: a camera, and its state, model or height."
        ),
    ]
    camera: Annotated[
        str | None,
        Field(max_length=200, description="Its id; an added one without is named new-1, new-2 ..."),
    ] = None
    lon: Annotated[float | None, Field(ge=-180, le=180, description="Longitude, degrees.")] = None
    lat: Annotated[float | None, Field(ge=-90, le=90, description="Latitude, degrees.")] = None
    heading_deg: Annotated[float | None, Field(ge=0, le=360, description="0 north, 90 east.")] = None
    state: Literal["live", "archive", "registered", "offline"] | None = None
    model: Annotated[str | None, Field(max_length=60, description="Name in the catalogue of cameras.")] = None
    height_m: Annotated[float | None, Field(gt=0, le=300, description="Above the ground, metres.")] = None


class Trial(Strict):
    """Changes to try out."""

    changes: Annotated[list[ChangeSpec], Field(max_length=MOST_CHANGES)]
    base: Annotated[Identity | None, Field(description="A kept scenario whose changes come first.")] = None


class ScenarioOrder(Trial):
    """Changes to keep under a name."""

    name: Name
