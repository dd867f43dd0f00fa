"""Plans beside each other by exposure: bars with their intervals, a page without any script."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import pandas as pd

from ..coverage.exposure import Exposure
from .document_page import POLICY
from .exposure_words import how_sentence, promise_sentence, saved_sentence
from .page_frame import render_template
from .text import LANGUAGE_NAMES, LANGUAGES, say, say_moment, say_number, say_share

_SHOWN: Final = (
    ("nobody_min", 1), ("unit_min", 1), ("near_share", None), ("longest_gap_min", 0),
    ("response_p50_s", 0), ("response_p90_s", 0), ("promise_share", None),
)  # fmt: skip
_WIDTH: Final = 420


def exposure_page(
    found: Exposure,
    *,
    city: str,
    lang: str,
    run_id: str,
    made_at: datetime,
    synthetic: Sequence[str] = (),
) -> str:
    """Draw how the plans compare.

    Parameters
    ----------
    found : Exposure
    city, lang, run_id : str
    made_at : datetime
        Aware.
    synthetic : sequence of str
        What is made up.

    Returns
    -------
    str
        A complete page that asks no host for anything; every value is escaped.
    """
    return render_template(
        "exposure.html",
        lang=lang,
        policy=POLICY,
        say=lambda key, **more: say(key, lang, **more),
        languages=[(code, LANGUAGE_NAMES[code]) for code in LANGUAGES],
        city=city,
        run_id=run_id,
        made=say_moment(made_at, lang),
        made_up=", ".join(say(f"synthetic.{part}", lang) for part in synthetic),
        charts=[_chart(found.figures, measure, digits, lang) for measure, digits in _SHOWN],
        planned=[
            [say(f"exposure.plans.{row['plan']}", lang)]
            + [say_number(row[name], lang, digits=1) for name in ("camera_min", "unit_min", "nobody_min")]
            for row in found.planned.to_dict("records")
        ],
        saved=saved_sentence(found, lang),
        promise=promise_sentence(found, lang),
        how=how_sentence(found, lang),
        width=_WIDTH,
    )


def _chart(figures: pd.DataFrame, measure: str, digits: int | None, lang: str) -> dict[str, Any]:
    """Return the bars of one measure; each begins at 0."""
    mine = figures[figures["measure"] == measure]
    most = float(mine["high"].max()) or 1.0

    def tell(value: float) -> str:
        return say_share(value, lang) if digits is None else say_number(value, lang, digits=digits)

    bars = [
        {
            "name": say(f"exposure.plans.{row['plan']}", lang),
            "joint": row["plan"] == "joint",
            "width": round(_WIDTH * row["value"] / most, 1),
            "low": round(_WIDTH * row["low"] / most, 1),
            "high": round(_WIDTH * row["high"] / most, 1),
            "value": tell(row["value"]),
            "range": f"{tell(row['low'])} – {tell(row['high'])}",
        }
        for row in mine.to_dict("records")
    ]
    return {"title": say(f"exposure.measures.{measure}", lang), "bars": bars}
