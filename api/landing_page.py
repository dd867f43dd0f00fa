# ruff: noqa: E501  (the page is HTML)
"""The start page for people: maps, how plans compare, files in, layers out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import jinja2

from ..maps.text import LANGUAGE_NAMES, LANGUAGES, say, say_moment
from .drawing import MAPS

CARDS: Final = (*MAPS, "exposure")
"""Answers that are computed and have a page."""
TABLES: Final = ("cameras", "incidents", "stations", "units", "states", "places", "forbidden")


@dataclass(frozen=True)
class MapCard:
    """One map on the start page: its kind, when it was made (None: not yet), whether the data is still that."""

    kind: str
    made: str | None
    current: bool


def landing_page(
    *,
    lang: str,
    city: str | None,
    synthetic: Sequence[str],
    cards: Sequence[MapCard],
    layers: Sequence[str],
    questions: Sequence[str],
) -> str:
    """Return the start page.

    Parameters
    ----------
    lang : str
        Language of the page.
    city : str or None
        The city of the store; None before there is one.
    synthetic : sequence of str
        What is made up.
    cards : sequence of MapCard
        The maps.
    layers : sequence of str
        Layers that are there.
    questions : sequence of str
        Maps of questions that can be asked now.

    Returns
    -------
    str
        HTML, every value escaped.
    """
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    return environment.from_string(_PAGE).render(
        lang=lang,
        say=lambda key, **facts: say(key, lang, **facts),
        languages=[(code, LANGUAGE_NAMES[code]) for code in LANGUAGES],
        city=city,
        made_up=", ".join(say(f"synthetic.{part}", lang) for part in synthetic),
        cards=cards,
        layers=layers,
        tables=TABLES,
        questions=questions,
    )


def map_cards(runs: Mapping[str, tuple[datetime, bool]], lang: str) -> list[MapCard]:
    """Return a card for each page, from the moment its run was made and whether its data still stands."""
    cards = []
    for kind in CARDS:
        made, current = runs.get(kind, (None, False))
        cards.append(MapCard(kind, None if made is None else say_moment(made, lang), current))
    return cards


_STYLE: Final = """
:root{--ink:#10222f;--quiet:#51616d;--line:#d5dce1;--blue:#0072B2;--green:#009E73;--vermilion:#D55E00;--pale:#f4f7f9}
*{box-sizing:border-box}
body{margin:0;font:16px/1.5 system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif;color:var(--ink);background:#fff}
header{background:#0b2942;color:#fff;padding:1.25rem max(1rem,calc(50vw - 34rem))}
header .row{display:flex;gap:1rem;align-items:center;flex-wrap:wrap}
header h1{margin:0;font-size:1.6rem}header p{margin:.4rem 0 0;max-width:46rem;color:#d7e4ee}
nav.tongues{margin-left:auto;display:flex;gap:.25rem}
nav.tongues a{color:#fff;text-decoration:none;padding:.3rem .6rem;border-radius:.4rem}
nav.tongues a[aria-current]{background:#fff;color:#0b2942}
main{padding:1.5rem max(1rem,calc(50vw - 34rem)) 3rem}
h2{font-size:1.15rem;margin:2rem 0 .6rem}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(15rem,1fr));gap:1rem}
.card{border:1px solid var(--line);border-top:4px solid var(--blue);border-radius:.6rem;padding:1rem;background:#fff;
display:flex;flex-direction:column;gap:.5rem}
.card.blind-spots{border-top-color:var(--vermilion)}.card.sites{border-top-color:var(--green)}.card.patrol{border-top-color:#CC79A7}
.card h3{margin:0;font-size:1.05rem}.card p{margin:0;color:var(--quiet);font-size:.92rem;flex:1}
.card .when{flex:0;font-size:.82rem}
.button,button{display:inline-block;font:inherit;border:1px solid var(--blue);border-radius:.4rem;padding:.45rem .8rem;
background:var(--blue);color:#fff;text-decoration:none;cursor:pointer}
button.plain{background:#fff;color:var(--blue)}button:disabled{opacity:.5;cursor:wait}
.acts{display:flex;gap:.5rem;flex-wrap:wrap}
.note{border-left:4px solid var(--vermilion);background:var(--pale);padding:.5rem .8rem;margin:1rem 0}
form{border:1px solid var(--line);border-radius:.6rem;padding:1rem;display:grid;gap:.8rem;max-width:40rem}
label{display:grid;gap:.25rem}select,input{font:inherit;padding:.4rem;border:1px solid var(--line);border-radius:.4rem}
output{white-space:pre-line}
ul.plain{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.4rem .9rem}a{color:var(--blue)}
a:focus-visible,button:focus-visible,select:focus-visible,input:focus-visible{outline:3px solid #E69F00;outline-offset:2px}
footer{border-top:1px solid var(--line);color:var(--quiet);font-size:.85rem;padding:1rem max(1rem,calc(50vw - 34rem))}
"""

_SCRIPT: Final = """
"use strict";
const lang = document.documentElement.lang;
const words = JSON.parse(document.getElementById("words").textContent);
const told = problem => problem.detail ? problem.detail + " " + problem.remedy : words.failed;
async function ask(address, options) {
  const answer = await fetch(address, options);
  const body = await answer.json();
  if (!answer.ok) throw new Error(told(body));
  return body;
}
document.getElementById("upload").addEventListener("submit", async event => {
  event.preventDefault();
  const form = event.target, out = form.querySelector("output"), button = form.querySelector("button");
  const data = new FormData(form), layer = data.get("layer");
  data.delete("layer");
  button.disabled = true; out.textContent = words.wait;
  try {
    const report = await ask(`/uploads/${encodeURIComponent(layer)}?lang=${lang}`, {method: "POST", body: data});
    out.textContent = [words.accepted + ": " + report.accepted, words.rejected + ": " + report.rejected,
      ...report.warnings].join("\\n");
    const rejected = report.links.find(link => link.rel === "related");
    if (rejected) {
      const link = document.createElement("a");
      link.href = rejected.href; link.textContent = rejected.title;
      out.append("\\n", link);
    }
  } catch (error) { out.textContent = error.message; }
  button.disabled = false;
});
for (const button of document.querySelectorAll("button[data-process]")) {
  button.addEventListener("click", async () => {
    const name = button.dataset.process, out = button.closest(".card").querySelector("output");
    button.disabled = true; out.textContent = words.wait;
    try {
      let job = await ask(`/processes/${name}/execution?lang=${lang}`,
        {method: "POST", headers: {"Content-Type": "application/json"}, body: "{}"});
      while (["accepted", "running"].includes(job.status)) {
        await new Promise(done => setTimeout(done, 500));
        job = await ask(`/jobs/${job.jobID}?lang=${lang}`);
        out.textContent = `${job.message} ${job.progress} %`;
      }
      if (job.status !== "successful") throw new Error(job.message);
      location.assign(`/maps/${name}?lang=${lang}`);
    } catch (error) { out.textContent = error.message; }
    button.disabled = false;
  });
}
"""

_PAGE: Final = (
    """<!DOCTYPE html>
<html lang="{{ lang }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Kuzet{% if city %} · {{ city }}{% endif %}</title>
<link rel="icon" href="/favicon.ico" type="image/svg+xml">
<style>"""
    + _STYLE
    + """</style>
</head>
<body>
<header>
<div class="row"><h1>Kuzet{% if city %} · {{ city }}{% endif %}</h1>
<nav class="tongues" aria-label="{{ say('api.page.language') }}">
{% for code, name in languages %}<a href="/?lang={{ code }}" hreflang="{{ code }}" lang="{{ code }}"
{%- if code == lang %} aria-current="true"{% endif %}>{{ name }}</a>{% endfor %}
</nav></div>
<p>{{ say('api.page.lead') }}</p>
</header>
<main>
{% if not city %}<p class="note">{{ say('errors.no_city') }} {{ say('errors.no_city.do') }}</p>{% endif %}
{% if made_up %}<p class="note"><strong>{{ say('synthetic.heading', what=made_up) }}</strong>
{{ say('synthetic.sentence') }}</p>{% endif %}
<h2>{{ say('api.page.maps') }}</h2>
<div class="cards">
{% for card in cards %}<section class="card {{ card.kind }}">
<h3>{{ say('api.process.' ~ card.kind) }}</h3>
<p>{{ say('api.process.' ~ card.kind ~ '.about') }}</p>
{% if card.made %}<p class="when">{{ say('api.page.made', when=card.made) }}
{% if not card.current %}<br><strong>{{ say('api.page.stale') }}</strong>{% endif %}</p>{% endif %}
<div class="acts">
{% if card.made %}<a class="button" href="/maps/{{ card.kind }}?lang={{ lang }}">{{ say('api.page.open') }}</a>{% endif %}
{% if city %}<button type="button" class="{{ 'plain' if card.made }}" data-process="{{ card.kind }}">
{{- say('api.page.again' if card.made else 'api.page.compute') }}</button>{% endif %}
</div><output aria-live="polite"></output>
</section>
{% endfor %}
{% for kind in questions %}<section class="card {{ kind }}">
<h3>{{ say('titles.' ~ kind) }}</h3>
<p>{{ say('api.page.about.' ~ kind) }}</p>
<div class="acts"><a class="button" href="/maps/{{ kind }}?lang={{ lang }}">{{ say('api.page.open') }}</a></div>
</section>
{% endfor %}</div>
<h2>{{ say('api.page.upload') }}</h2>
<form id="upload" method="post" enctype="multipart/form-data">
<label>{{ say('api.page.kind') }}<select name="layer">
{% for table in tables %}<option value="{{ table }}">{{ say('api.layer.' ~ table) }}</option>{% endfor %}
</select></label>
<label>{{ say('api.page.file') }}<input type="file" name="file" accept=".csv,.tsv,.txt,.json,.geojson" required></label>
<label>{{ say('api.page.mode') }}<select name="mode">
<option value="append">{{ say('api.page.mode.append') }}</option>
<option value="replace">{{ say('api.page.mode.replace') }}</option>
</select></label>
<div><button>{{ say('api.page.send') }}</button></div>
<output aria-live="polite"></output>
</form>
<h2>{{ say('api.page.layers') }}</h2>
<ul class="plain">
{% for layer in layers %}<li><a href="/collections/{{ layer }}/items">{{ say('api.layer.' ~ layer) }}</a></li>{% endfor %}
</ul>
<h2>{{ say('api.page.programs') }}</h2>
<ul class="plain">
<li><a href="/docs">{{ say('api.page.docs') }}</a></li>
<li><a href="/openapi.json">OpenAPI</a></li>
<li><a href="/collections">{{ say('api.page.collections') }}</a></li>
<li><a href="/processes">{{ say('api.page.processes') }}</a></li>
<li><a href="/jobs">{{ say('api.page.jobs') }}</a></li>
<li><a href="/routes">{{ say('api.page.routes') }}</a></li>
</ul>
</main>
<footer>© <a href="https://www.openstreetmap.org/copyright">{{ say('api.page.osm') }}</a> (ODbL). {{ say('api.page.claim') }}</footer>
<script type="application/json" id="words">{{ {
'wait': say('api.page.wait'), 'failed': say('errors.unexpected'), 'accepted': say('api.page.accepted'),
'rejected': say('api.page.rejected')} | tojson }}</script>
<script>"""
    + _SCRIPT
    + """</script>
</body>
</html>
"""
)
