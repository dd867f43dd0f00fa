"""Plans beside each other by exposure: bars with their intervals, a page without any script."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import jinja2
import pandas as pd

from ..coverage.exposure import Exposure
from .text import LANGUAGES, say, say_moment, say_number, say_share

OWN_NAMES: Final = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
_SHOWN: Final = (
    ("nobody_min", 1), ("unit_min", 1), ("near_share", None), ("longest_gap_min", 0),
    ("response_p50_s", 0), ("response_p90_s", 0),
)  # fmt: skip
_WIDTH: Final = 420
_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
)


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
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    facts = found.settings
    blind = found.figures.set_index(["plan", "measure"]).loc[("camera_blind", "nobody_min")]
    return environment.from_string(_PAGE).render(
        lang=lang,
        policy=_POLICY,
        say=lambda key, **more: say(key, lang, **more),
        languages=[(code, OWN_NAMES[code]) for code in LANGUAGES],
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
        saved=say(
            "exposure.saved",
            lang,
            share=say_share(-blind["relative"], lang, digits=2),
            low=say_share(-blind["relative_high"], lang, digits=2),
            high=say_share(-blind["relative_low"], lang, digits=2),
            camera=say_share(facts["camera_share"], lang, digits=1),
        ),
        how=say(
            "exposure.how",
            lang,
            incidents=facts["incidents"],
            replications=facts["replications"],
            replayed=say_number(facts["replayed"], lang),
            near=say_number(facts["near_m"], lang),
            watched=say_number(facts["watched_m"], lang),
            minutes=say_number(facts["near_s"] / 60, lang),
            shift=say_number(facts["shift_min"], lang),
        ),
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


_PAGE: Final = """<!doctype html>
<html lang="{{ lang }}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{{ policy }}">
<title>{{ say("titles.exposure") }} · {{ city }} · Kuzet</title>
<style>
*{box-sizing:border-box}body{margin:0;font:16px/1.5 system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif;color:#10222f}
header{background:#0b2942;color:#fff;padding:1rem max(1rem,calc(50vw - 32rem))}header h1{margin:0;font-size:1.5rem}
header p{margin:.3rem 0 0;color:#d7e4ee}header a{color:#fff;margin-right:.8rem}
main{padding:1rem max(1rem,calc(50vw - 32rem)) 3rem}h2{font-size:1.05rem;margin:1.6rem 0 .4rem}
.note{border-left:4px solid #D55E00;background:#f4f7f9;padding:.5rem .8rem;margin:1rem 0}
table{border-collapse:collapse}th,td{padding:.15rem .6rem .15rem 0;text-align:left;font-weight:400;vertical-align:middle}
td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}thead th{color:#51616d;font-size:.9rem}
svg{display:block;max-width:100%}.wide{overflow-x:auto}
</style></head><body>
<header><h1>{{ say("titles.exposure") }}: {{ city }}</h1><p>{{ made }} · {{ run_id }}</p>
<p>{% for code, name in languages %}<a href="?lang={{ code }}"{% if code == lang %} aria-current="page"{% endif %}>{{ name }}</a>{% endfor %}</p></header>
<main>
{% if made_up %}<p class="note">{{ say("exposure.made_up", parts=made_up) }}</p>{% endif %}
<p>{{ how }}</p><p><strong>{{ saved }}</strong></p><p>{{ say("exposure.honest") }}</p>
{% for chart in charts %}<h2>{{ chart.title }}</h2><div class="wide"><table>
{% for bar in chart.bars %}<tr><th scope="row">{{ bar.name }}</th><td><svg width="{{ width + 6 }}" height="20" role="img" aria-label="{{ bar.value }} ({{ bar.range }})">
<rect x="0" y="3" width="{{ bar.width }}" height="14" fill="{{ '#0072B2' if bar.joint else '#8a98a3' }}"/>
<path d="M{{ bar.low }} 10H{{ bar.high }}M{{ bar.low }} 6v8M{{ bar.high }} 6v8" stroke="#10222f" stroke-width="1.6" fill="none"/></svg></td>
<td class="n">{{ bar.value }}</td><td class="n">{{ bar.range }}</td></tr>
{% endfor %}</table></div>{% endfor %}
<h2>{{ say("exposure.planned") }}</h2><div class="wide"><table><thead><tr><th></th><th>{{ say("exposure.measures.camera_min") }}</th>
<th>{{ say("exposure.measures.unit_min") }}</th><th>{{ say("exposure.measures.nobody_min") }}</th></tr></thead>
{% for row in planned %}<tr><th scope="row">{{ row[0] }}</th>{% for cell in row[1:] %}<td class="n">{{ cell }}</td>{% endfor %}</tr>
{% endfor %}</table></div>
</main></body></html>
"""  # noqa: E501
