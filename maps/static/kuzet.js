// A page of Kuzet: layers with popups made of text nodes, a list that flies to its places, search by street.
// Nothing from the data is ever read as HTML: text reaches the page through textContent only.
(function () {
  "use strict";

  const targets = new Map();
  const groups = [];
  const POPUP = { minWidth: 270, maxWidth: 290, autoPanPadding: [24, 24] };
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  let page = { texts: {}, streets: {} };
  let theMap = null;
  let selection = null;

  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) {
      made.className = className;
    }
    if (text !== undefined) {
      made.textContent = text;
    }
    return made;
  }

  function readJson(id) {
    return JSON.parse(document.getElementById(id).textContent);
  }

  function popupOf(properties, labels) {
    const box = element("div", "popup");
    box.append(element("h3", "", properties.t));
    if (properties.w) {
      box.append(element("p", "", properties.w));
    }
    const table = element("dl");
    for (const [key, label] of labels) {
      if (properties[key] !== undefined) {
        table.append(element("dt", "", label), element("dd", "", properties[key]));
      }
    }
    if (table.childElementCount) {
      box.append(table);
    }
    return box;
  }

  function badge(properties, style) {
    const mark = element("span", "badge badge-" + style.shape);
    mark.style.background = style.color;
    mark.style.color = style.text;
    mark.append(element("span", "", properties.n));
    if (properties.l) {
      mark.append(element("span", "badge-time", properties.l));
    }
    const height = style.size;
    const width = Math.max(height, 10 + 7 * properties.n.length);
    // units that stop at one place stand under each other
    mark.style.setProperty("--place", properties.place || 0);
    return L.divIcon({
      html: mark,
      className: "badge-holder",
      iconSize: [width, height],
      popupAnchor: [0, -height / 2],
    });
  }

  function drawPoint(style, feature, place) {
    if (feature.properties.n !== undefined) {
      const title = feature.properties.t;
      return L.marker(place, { icon: badge(feature.properties, style), alt: title, keyboard: true, riseOnHover: true });
    }
    return new L.KuzetMarker(place, style);
  }

  function draw(feature, style) {
    const { type, coordinates } = feature.geometry;
    const places = L.GeoJSON.coordsToLatLngs;
    if (type === "Point") {
      return drawPoint(style, feature, L.GeoJSON.coordsToLatLng(coordinates));
    }
    if (type.endsWith("LineString")) {
      return new L.KuzetLine(places(coordinates, type === "LineString" ? 0 : 1), style);
    }
    return L.polygon(places(coordinates, type === "Polygon" ? 1 : 2), style);
  }

  // A layer from a block of JSON: {order, labels, styles, hover, features}.
  function layer(map, id) {
    const spec = readJson(id);
    const group = L.featureGroup();
    group.kuzetOrder = spec.order;
    group.kuzetId = id;
    const cased = [];
    const arrows = [];
    for (const feature of spec.features) {
      const style = spec.styles[feature.properties.s || 0];
      const drawn = draw(feature, style);
      const properties = feature.properties;
      if (properties.t === undefined) {
        drawn.options.interactive = false;
      } else {
        drawn.bindPopup(() => popupOf(properties, spec.labels), POPUP);
        if (spec.hover) {
          drawn.bindTooltip(() => element("span", "", properties.t), { sticky: feature.geometry.type !== "Point" });
        }
        drawn.on("popupopen", () => select(drawn));
        drawn.on("popupclose", () => select(null));
      }
      if (properties.id !== undefined) {
        targets.set(properties.id, { drawn, group });
        drawn.on("popupopen", () => mark(properties.id, false));
      }
      if (style.casing) {
        const edge = { color: style.casing, weight: style.weight + style.edge, offset: style.offset, interactive: false };
        cased.push(new L.KuzetLine(drawn.getLatLngs(), edge));
        if (style.arrows) {
          arrows.push(new L.KuzetArrows(drawn.getLatLngs(), { ...style, interactive: false }));
        }
      }
      drawn.addTo(group);
    }
    // edges under every line, arrows over every line: crossings stay clean
    group.kuzetStack = [cased, group.getLayers(), arrows];
    [...cased, ...arrows].forEach((line) => group.addLayer(line));
    groups.push(group);
    return group;
  }

  function select(drawn) {
    if (selection) {
      selection.remove();
      selection = null;
    }
    if (drawn instanceof L.Polyline && !(drawn instanceof L.Polygon)) {
      const halo = { color: "#ffd34d", weight: drawn.options.weight + 9, opacity: 0.85, interactive: false };
      selection = new L.KuzetLine(drawn.getLatLngs(), { ...halo, offset: drawn.options.offset });
      selection.addTo(theMap).bringToBack();
    }
  }

  // Canvas paints in the order of arrival: a layer switched on again has to go back to its place.
  function restack() {
    const shown = groups.filter((group) => theMap.hasLayer(group));
    shown.sort((one, other) => one.kuzetOrder - other.kuzetOrder);
    for (const group of shown) {
      for (const drawn of group.kuzetStack.flat()) {
        if (drawn.bringToFront) {
          drawn.bringToFront();
        }
      }
    }
  }

  function mark(id, scroll) {
    for (const item of document.querySelectorAll("[data-target]")) {
      const here = item.dataset.target === id;
      item.toggleAttribute("aria-current", here);
      if (here && scroll !== true) {
        item.scrollIntoView({ block: "nearest" });
      }
    }
  }

  function boundsOf(drawn) {
    return drawn.getBounds ? drawn.getBounds() : L.latLngBounds([drawn.getLatLng()]);
  }

  function move(bounds) {
    const wide = document.documentElement.clientWidth > 820;
    const options = { maxZoom: 17, padding: wide ? [90, 90] : [40, 40], duration: 0.7 };
    if (still.matches) {
      theMap.fitBounds(bounds, { ...options, animate: false });
    } else {
      theMap.flyToBounds(bounds, options);
    }
  }

  function show(id) {
    const found = targets.get(id);
    if (!found) {
      return;
    }
    document.body.classList.remove("drawer-open");
    if (!theMap.hasLayer(found.group)) {
      found.group.addTo(theMap);
    }
    theMap.closePopup();
    theMap.once("moveend", () => found.drawn.openPopup());
    move(boundsOf(found.drawn));
    mark(id, true);
  }

  // Shows one group of a set alone, or all of the set when it is alone already.
  function only(identity) {
    const set = groups.filter((group) => group.kuzetId.startsWith("data_unit_"));
    const alone = set.every((group) => theMap.hasLayer(group) === (group.kuzetId === identity));
    for (const group of set) {
      const wanted = alone || group.kuzetId === identity;
      if (wanted !== theMap.hasLayer(group)) {
        theMap[wanted ? "addLayer" : "removeLayer"](group);
      }
    }
    restack();
    for (const chip of document.querySelectorAll("[data-only]")) {
      chip.setAttribute("aria-pressed", String(!alone && chip.dataset.only === identity));
    }
  }

  function showStreet(name) {
    const lines = page.streets[name].map((line) => line.map(([lon, lat]) => [lat, lon]));
    select(null);
    selection = L.polyline(lines, { color: "#ffd34d", weight: 14, opacity: 0.85, interactive: false });
    selection.addTo(theMap).bringToBack();
    move(selection.getBounds());
    const tip = L.tooltip({ permanent: true, direction: "top" });
    tip.setLatLng(selection.getBounds().getCenter()).setContent(element("strong", "", name));
    tip.addTo(theMap);
    selection.on("remove", () => tip.remove());
  }

  // Arrival times are shown where there is room for them.
  function markDistance() {
    theMap.getContainer().classList.toggle("far", theMap.getZoom() < 16);
  }

  // The headings inside the layer switch, which Leaflet has no word for.
  function groupLegend() {
    if (document.querySelector(".legend-group")) {
      return;
    }
    for (const swatch of document.querySelectorAll(".leaflet-control-layers-overlays [data-group]")) {
      const label = swatch.closest("label");
      label.before(element("div", "legend-group", swatch.dataset.group));
    }
  }

  function printAsOnScreen() {
    // on paper the map is the picture on the screen, shrunk to the sheet: nothing is loaded or drawn anew
    const box = theMap.getContainer();
    const style = document.documentElement.style;
    if (!window.matchMedia("print").matches) {
      style.setProperty("--map-width", box.clientWidth + "px");
      style.setProperty("--map-height", box.clientHeight + "px");
      style.setProperty("--map-scale", String(Math.min(700 / box.clientWidth, 720 / box.clientHeight)));
    }
  }

  function start(map, id) {
    page = readJson(id);
    theMap = map;
    map.attributionControl.setPrefix(false);
    const Search = L.Control.extend({ options: { position: "topleft" }, onAdd: () => kuzetSearch(page, showStreet) });
    const search = new Search().addTo(map).getContainer();
    search.parentElement.prepend(search);
    const wide = document.documentElement.clientWidth > 820;
    // the layer switch lies over the right of the map, the player of a shift over its foot
    const covered = [wide ? 310 : 16, document.getElementById("shift") ? 84 : 16];
    map.fitBounds(page.bounds, { paddingTopLeft: [16, 16], paddingBottomRight: covered, animate: false });
    map.on("overlayadd baselayerchange", restack);
    // Leaflet writes its switch anew when a layer is shown from elsewhere
    map.on("overlayadd overlayremove baselayerchange", groupLegend);
    map.on("zoomend", markDistance);
    markDistance();
    groupLegend();
    restack();
    for (const item of document.querySelectorAll("[data-target]")) {
      item.addEventListener("click", () => show(item.dataset.target));
    }
    for (const chip of document.querySelectorAll("[data-only]")) {
      chip.addEventListener("click", () => only(chip.dataset.only));
    }
    const handle = document.querySelector(".drawer-handle");
    handle.addEventListener("click", () => {
      const open = document.body.classList.toggle("drawer-open");
      handle.setAttribute("aria-expanded", String(open));
    });
    const tab = document.querySelector(".tabs [aria-current]");
    if (tab) {
      const row = tab.closest(".tabs");
      row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
    }
    const switches = document.querySelector(".leaflet-control-layers");
    if (!wide) {
      const fold = () => switches.classList.remove("leaflet-control-layers-expanded");
      fold();
      map.on("click", fold);
    }
    switches.setAttribute("aria-label", page.texts.layers);
    new ResizeObserver(() => {
      if (!window.matchMedia("print").matches) {
        map.invalidateSize({ pan: false });
        printAsOnScreen();
      }
    }).observe(map.getContainer());
    printAsOnScreen();
    document.documentElement.dataset.ready = "yes";
  }

  window.kuzet = { layer, start, show, map: () => theMap, targets };
})();
