"""The layers of a page as folium elements: geometry and texts as JSON, drawn by `static/kuzet.js`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

import branca.element as branca
import geopandas as gpd
import numpy as np
import shapely
from folium.map import Layer
from folium.template import Template

from ..coverage.projection import WGS84
from .frames import present
from .safe import safe, safe_json, script_json

_DECIMALS: Final = 6  # 0.1 m


class FeatureLayer(Layer):
    """A switchable layer of lines, areas or points with popups.

    Parameters
    ----------
    identity : str
        Name of the layer inside the page, unique there.
    title : str
        HTML of its entry in the layer switch, made by `legend.legend_entry`.
    frame : GeoDataFrame
        Geometry in any system. Text columns are shown as they are, never as HTML: `t` is the popup's
        title, `w` the sentence that says why, `n` the number on a marker, `id` the name a list item
        points at, `s` the row of `styles`; every column named in `labels` is a row of the popup.
    styles : sequence of dict
        Styles as the page reads them (`style.*.told()`).
    labels : mapping of str to str
        Column -> what its row in the popup is called.
    order : int
        Layers with a higher order lie on top.
    show : bool
        Whether the layer is on when the page opens.
    hover : bool
        Whether the title appears under the pointer.
    choice : bool
        True for one of several layers of which only one is shown at a time.
    listed : bool
        Whether it has an entry in the layer switch.
    """

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = kuzet.layer({{ this._parent.get_name() }}, "{{ this.block }}");
        {% endmacro %}
        """
    )

    def __init__(
        self,
        identity: str,
        title: str,
        frame: gpd.GeoDataFrame,
        *,
        styles: Sequence[Mapping[str, object]],
        labels: Mapping[str, str] | None = None,
        order: int = 0,
        show: bool = True,
        hover: bool = False,
        choice: bool = False,
        listed: bool = True,
    ) -> None:
        super().__init__(name=title, overlay=not choice, control=listed, show=show)
        self._name = "Layer"
        # a name of our own: the same result gives the same page, byte for byte
        self._id = identity
        self.block = f"data_{identity}"
        head = {
            "order": order,
            "hover": hover,
            "labels": list((labels or {}).items()),
            "styles": list(styles),
        }
        self.data = f'{script_json(head)[:-1]},"features":{_features(frame)}}}'

    def render(self, **kwargs: object) -> None:
        """Put the data into the body, where the browser reads it without running it."""
        figure = self.get_root()
        if isinstance(figure, branca.Figure):
            figure.html.add_child(Raw(data_block(self.block, self.data)), name=self.block)
        super().render(**kwargs)


class Raw(branca.Element):
    """Finished HTML or script: written as it is, never read as a template."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._name = "Raw"
        self.text = text

    def render(self, **kwargs: object) -> str:
        """Return the text."""
        return self.text


def data_block(identity: str, data: str) -> str:
    """Return a script tag that holds JSON made by `script_json`."""
    return f'<script type="application/json" id="{safe(identity)}">{data}</script>'


def _features(frame: gpd.GeoDataFrame) -> str:
    """Return the features as a JSON list; shapely writes the geometry, 25 times faster than Python could."""
    if frame.empty:
        return "[]"
    shapes = frame.geometry if frame.crs is None else frame.geometry.to_crs(WGS84)
    rounded = shapely.transform(shapes.to_numpy(), lambda places: np.round(places, _DECIMALS))
    drawn = shapely.to_geojson(rounded)
    columns = [name for name in frame.columns if name != frame.geometry.name]
    rows = zip(*(frame[name].tolist() for name in columns), strict=True) if columns else ([] for _ in drawn)
    parts = []
    for shape, row in zip(drawn, rows, strict=True):
        told = {name: value for name, value in zip(columns, row, strict=True) if present(value)}
        parts.append(
            f'{{"geometry":{shape},"properties":{json.dumps(told, ensure_ascii=False, allow_nan=False)}}}'
        )
    return safe_json(f"[{','.join(parts)}]")
