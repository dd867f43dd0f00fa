"""The kinds of camera one can propose."""

import pytest
from kuzet.coverage.catalogue import MODELS
from kuzet.coverage.optics import Optics, field_of_view
from kuzet.coverage.schema import CAMERAS, KINDS
from kuzet.maps.text import LANGUAGES, has_text


def test_the_common_kinds_are_there():
    """Fixed lenses in three sizes of picture, domes, panning, panorama and number-plate cameras."""
    fixed = {f"fixed {lens} mm {size} MP" for lens in ("2.8", "4", "6", "8", "12") for size in (2, 4, 8)}
    assert fixed <= set(MODELS)
    assert {model.kind for model in MODELS.values()} == set(KINDS)
    assert [name for name, model in MODELS.items() if name != model.name] == []
    assert len(MODELS) == 15 + 9


def test_optics_follow_from_the_name():
    """Lens and picture of a fixed camera are those of its name, on a sensor 5.37 mm wide."""
    pixels = {"2": 1920, "4": 2560, "8": 3840}
    for name, model in MODELS.items():
        kind, lens, *rest = name.split()
        if kind not in ("fixed", "ANPR"):
            continue
        assert model.optics.hfov_deg == pytest.approx(float(field_of_view(float(lens), 5.37)))
        assert model.optics.pixels_across == pixels[rest[1]]


def test_models_proposed_so_far_are_as_they_were():
    """Names, optics and prices of the first four models are kept: answers already given stand on them."""
    for lens in (2.8, 4.0, 6.0):
        model = MODELS[f"fixed {lens:g} mm 4 MP"]
        assert model.optics == Optics(float(field_of_view(lens, 5.37)), 2560)
        assert model.cost == 350_000
    assert (MODELS["panorama 8 MP"].optics, MODELS["panorama 8 MP"].cost) == (Optics(360, 3840), 900_000)


def test_a_model_can_stand_in_the_register():
    """Field of view, pixels, lights and height of each model are values that a register may hold."""
    for model in MODELS.values():
        for column, value in (
            ("hfov_deg", model.optics.hfov_deg),
            ("pixels_across", model.optics.pixels_across),
            ("ir_range_m", model.ir_range_m),
            ("height_m", model.mount_height_m),
        ):
            known = CAMERAS.column(column)
            assert known.low is not None
            assert known.high is not None
            assert known.low < value <= known.high, (model.name, column)
        assert model.cost > 0


def test_more_pixels_and_longer_lenses_never_cost_less():
    """Of fixed cameras a larger picture costs more, and a longer lens, with stronger lights, not less."""
    for size in (2, 4, 8):
        row = [MODELS[f"fixed {lens} mm {size} MP"] for lens in ("2.8", "4", "6", "8", "12")]
        assert [model.cost for model in row] == sorted(model.cost for model in row)
        assert [model.ir_range_m for model in row] == sorted(model.ir_range_m for model in row)
    for lens in ("2.8", "4", "6", "8", "12"):
        costs = [MODELS[f"fixed {lens} mm {size} MP"].cost for size in (2, 4, 8)]
        assert costs == sorted(set(costs))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_model_has_words(lang):
    """The name of each model is in the catalogue of words."""
    assert [name for name in MODELS if not has_text(f"models.{name}", lang)] == []
