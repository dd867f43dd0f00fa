// What if: the map before and the map after side by side, moved together; what changes drawn and told with a sign.
// Text reaches the page through textContent only.
(function () {
  "use strict";

  const STATES = ["live", "archive", "registered", "offline"];
  const SPOT = { gone: "gain", smaller: "gain", moved: "other", larger: "loss", new: "loss" };
  const MOST_ROWS = 30;

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

  function writer(texts) {
    function written(value, digits, least) {
      const [whole, part] = value.toFixed(digits).split(".");
      const grouped = whole.replace(/\B(?=(\d{3})+$)/g, texts["number.group"]);
      return part && (least || Number(part)) ? grouped + texts["number.decimal"] + part : grouped;
    }
    const sign = (value) => (value > 0 ? "+" : value < 0 ? "−" : "±");
    const metres = (value) =>
      Math.abs(value) < 999.5
        ? `${written(value, 0)}\u00a0${texts.metres}`
        : `${written(value / 1000, 1, true)}\u00a0${texts.kilometres}`;
    return {
      metres,
      // whole metres: in kilometres most changes would be told as none
      plain: (value) => written(value, 0),
      number: (value) => written(value, 1),
      signedMetres: (value) => sign(Math.round(value)) + metres(Math.abs(value)),
      signedNumber: (value) => sign(Math.round(value * 10)) + written(Math.abs(value), 1),
      fill: (text, facts) => text.replace(/#(\w+)#/g, (whole, name) => facts[name]),
    };
  }

  function tone(value, least) {
    return value >= least ? "up" : value <= -least ? "down" : "";
  }

  function lineSample(style) {
    const box = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    box.setAttribute("width", "34");
    box.setAttribute("height", "12");
    box.setAttribute("aria-hidden", "true");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    const paint = { d: "M0 6h34", stroke: style.color, "stroke-width": Math.min(style.weight, 6), "stroke-dasharray": style.dashArray || "none" };
    Object.entries(paint).forEach(([name, value]) => line.setAttribute(name, value));
    box.append(line);
    return box;
  }

  window.kuzetScenario = function (map, id) {
    const spec = JSON.parse(document.getElementById(id).textContent);
    const { texts, styles } = spec;
    const say = writer(texts);
    const drawn = L.featureGroup().addTo(map);
    const spots = L.featureGroup().addTo(map);

    // two maps
    const pair = element("div", "pair");
    const left = element("div", "pair-before");
    map.getContainer().before(pair);
    pair.append(left, map.getContainer());
    const other = L.map(left, { preferCanvas: true, zoomControl: false, minZoom: map.getMinZoom(), maxZoom: map.getMaxZoom() });
    other.attributionControl.setPrefix(false);
    other.setView(map.getCenter(), map.getZoom(), { animate: false });
    kuzetBasemap(other, spec.basemap);
    for (const streets of [...spec.streets].reverse()) {
      kuzet.layer(other, streets).addTo(other);
    }
    map.sync(other);
    other.sync(map);
    left.setAttribute("aria-label", `A · ${spec.names[0]}`);
    map.getContainer().setAttribute("aria-label", `B · ${spec.names[1]}`);

    function corner(on, letter, name) {
      const Name = L.Control.extend({ options: { position: "topleft" }, onAdd: () => element("div", "pair-name", `${letter} · ${name}`) });
      const box = new Name().addTo(on).getContainer();
      box.title = name;
      box.parentElement.prepend(box);
      return box;
    }
    corner(other, "A", spec.names[0]);
    const afterName = corner(map, "B", spec.names[1]);

    const Legend = L.Control.extend({ options: { position: "bottomleft" }, onAdd: legend });
    new Legend().addTo(map);

    const toggle = element("button", "pair-toggle leaflet-bar", texts.pair);
    toggle.type = "button";
    const Toggle = L.Control.extend({ options: { position: "topleft" }, onAdd: () => toggle });
    new Toggle().addTo(map);
    L.DomEvent.disableClickPropagation(toggle);
    function setPair(on) {
      const [middle, zoom] = [map.getCenter(), map.getZoom()];
      pair.classList.toggle("pair-single", !on);
      toggle.setAttribute("aria-pressed", String(on));
      map.invalidateSize({ animate: false });
      other.invalidateSize({ animate: false });
      map.setView(middle, zoom, { animate: false });
      other.setView(middle, zoom, { animate: false });
    }
    toggle.addEventListener("click", () => setPair(pair.classList.contains("pair-single")));
    setPair(document.documentElement.clientWidth > 820);

    function mark(on, camera, act) {
      const point = new L.KuzetMarker([camera.lat, camera.lon], styles.camera[camera.state]);
      point.bindTooltip(() => element("span", "", `${camera.id} · ${texts[`state.${camera.state}`]}`));
      if (act) {
        point.on("click", (event) => {
          L.DomEvent.stopPropagation(event);
          act();
        });
      }
      return point.addTo(on);
    }
    spec.cameras.forEach((camera) => mark(other, camera));

    function line(feature, style, group) {
      const places = L.GeoJSON.coordsToLatLngs(feature.geometry.coordinates, feature.geometry.type === "LineString" ? 0 : 1);
      if (style.casing) {
        L.polyline(places, { color: style.casing, weight: style.weight + style.edge, lineCap: "butt", interactive: false }).addTo(group);
      }
      return L.polyline(places, style).addTo(group);
    }

    function segmentPopup(properties) {
      const box = element("div", "popup");
      box.append(element("h3", "", properties.name || say.fill(texts.unnamed, { kind: spec.highways[properties.highway] || "" })));
      const table = element("dl");
      const rows = [
        [texts.change, texts[properties.change]],
        [texts.probability, say.signedNumber(100 * properties.live_mid) + "\u00a0%"],
        [texts.certain, say.signedNumber(properties.live_low)],
        [texts.possible, say.signedNumber(properties.live_high)],
        ["", say.metres(properties.length_m)],
      ];
      rows.forEach(([name, value]) => table.append(element("dt", "", name), element("dd", "", value)));
      box.append(table);
      return box;
    }

    function drawChange(answer) {
      drawn.clearLayers();
      for (const feature of answer.features) {
        const { properties } = feature;
        line(feature, styles.change[properties.change], drawn).bindPopup(() => segmentPopup(properties), { minWidth: 230 });
      }
      spots.clearLayers();
    }

    function table(heads, rows) {
      const made = element("table");
      const head = made.createTHead().insertRow();
      heads.forEach((text) => head.append(element("th", "", text)));
      const body = made.createTBody();
      for (const cells of rows) {
        const row = body.insertRow();
        cells.forEach((cell) => {
          const [text, className] = Array.isArray(cell) ? cell : [cell, ""];
          row.append(element("td", className, text));
        });
      }
      return made;
    }

    function byState(figures) {
      const rows = STATES.map((state) => {
        const row = figures.seen[state].mid;
        return [texts[`state.${state}`], say.plain(row.before_m), say.plain(row.after_m), [say.signedMetres(row.change_m), tone(row.change_m, 0.5)]];
      });
      return [element("h2", "", texts.seen_by_state), table([texts.state, texts.before, texts.after, texts.change], rows)];
    }

    function byClass(figures) {
      const rows = figures.by_class
        .filter((row) => row.level === "mid" && (row.gained_m >= 0.5 || row.lost_m >= 0.5))
        .sort((one, two) => Math.abs(two.change_m) - Math.abs(one.change_m))
        .slice(0, MOST_ROWS)
        .map((row) => [
          spec.highways[row.highway] || row.highway,
          [say.signedMetres(row.gained_m), tone(row.gained_m, 0.5)],
          [say.signedMetres(-row.lost_m), tone(-row.lost_m, 0.5)],
          [say.signedMetres(row.change_m), tone(row.change_m, 0.5)],
        ]);
      return rows.length ? [element("h2", "", texts.by_class), table([texts.highway, texts.gain, texts.loss, texts.change], rows)] : [];
    }

    function spotName(properties) {
      const kind = spec.highways[properties.highway] || properties.highway;
      if (properties.name) {
        return properties.name;
      }
      return properties.near ? say.fill(texts.near, { kind, street: properties.near }) : say.fill(texts.unnamed, { kind });
    }

    function showSpot(feature, button) {
      spots.clearLayers();
      const halo = line(feature, { color: "#ffd34d", weight: 16, opacity: 0.85, interactive: false }, spots);
      halo.bringToBack();
      document.querySelectorAll("#whatif-answer [aria-current]").forEach((one) => one.removeAttribute("aria-current"));
      button.setAttribute("aria-current", "true");
      document.body.classList.remove("drawer-open");
      map.fitBounds(halo.getBounds(), { maxZoom: 17, padding: [50, 50], animate: false });
    }

    function spotList(answer) {
      const told = answer.spots.features.filter(({ properties }) => Math.abs(properties.after_m - properties.before_m) >= 0.5);
      if (!told.length) {
        return [element("h2", "", texts.spots), element("p", "", texts["spots.none"])];
      }
      const list = element("ol", "places places-numbered places-tall");
      for (const feature of told.slice(0, MOST_ROWS)) {
        const { properties } = feature;
        const gain = properties.after_m <= properties.before_m;
        const button = element("button");
        button.type = "button";
        button.append(
          element("span", gain ? "number number-gone" : "number number-blind", gain ? "✓" : "!"),
          element("b", "", spotName(properties)),
          element("span", "value", say.signedMetres(properties.after_m - properties.before_m)),
          element("span", "why", texts[`spot.${properties.change}`]),
          element("small", "", `${say.metres(properties.before_m)} → ${say.metres(properties.after_m)} · ${texts.risk} ${say.number(properties.risk_before)} → ${say.number(properties.risk_after)}`),
        );
        button.addEventListener("click", () => showSpot(feature, button));
        const item = element("li");
        item.append(button);
        list.append(item);
      }
      const left = told.length - MOST_ROWS;
      return [element("h2", "", texts.spots), list, ...(left > 0 ? [element("p", "hint", say.fill(texts.more, { count: left }))] : []), element("p", "hint", texts["spot.note"])];
    }

    function warnings(answer) {
      const told = [];
      for (const { properties } of answer.cameras.after.features) {
        const named = `${texts.camera} ${properties.id}: `;
        if (properties.excluded) {
          told.push(named + texts[`excluded.${properties.excluded}`]);
        } else if (properties.moved_m > 0.05) {
          told.push(named + say.fill(texts.moved_off, { metres: say.number(properties.moved_m) }));
        }
        if (!properties.excluded && properties.heading_known === false) {
          told.push(named + texts.no_heading);
        }
      }
      return told.slice(0, MOST_ROWS).map((text) => element("p", "warn", text));
    }

    function legend() {
      const list = element("ul", "whatif-legend");
      for (const name of ["gain", "loss", "other"]) {
        const item = element("li", "", "");
        item.append(lineSample(styles.change[name]), element("span", "", texts[name]));
        list.append(item);
      }
      return list;
    }

    function fromTo(before, after) {
      return `${say.plain(before)} → ${say.plain(after)}\u00a0${texts.metres}`;
    }

    function tellFigures(figures) {
      const boxes = document.querySelectorAll(".figures dd");
      const { live } = figures.seen;
      const told = [
        [say.signedMetres(live.mid.change_m), fromTo(live.mid.before_m, live.mid.after_m)],
        [say.signedNumber(live.mid.risk_change), say.fill(texts["unit.risk"], { gained: say.number(live.mid.risk_gained), lost: say.number(live.mid.risk_lost) })],
        [say.signedMetres(figures.blind_m.change), fromTo(figures.blind_m.before, figures.blind_m.after)],
      ];
      told.forEach(([value, note], place) => {
        boxes[place].querySelector("b").textContent = value;
        boxes[place].querySelector("small").textContent = note;
      });
    }

    function show(answer) {
      drawChange(answer);
      tellFigures(answer.figures);
      const changed = answer.features.length > 0;
      const parts = changed
        ? [...byState(answer.figures), ...byClass(answer.figures), ...spotList(answer)]
        : [element("p", "", texts.nothing), ...byState(answer.figures)];
      document.getElementById("whatif-answer").replaceChildren(...warnings(answer), ...parts);
      document.documentElement.dataset.shown = String(Number(document.documentElement.dataset.shown || 0) + 1);
    }

    const page = { map, other, spec, texts, say, element, mark, show, afterName };
    if (spec.edit && document.getElementById("whatif-camera")) {
      kuzetScenarioEdit(page);
    } else {
      const moved = new Map(spec.answer.cameras.after.features.map((feature) => [feature.properties.id, feature]));
      const gone = new Set(spec.answer.cameras.before.features.map((feature) => feature.properties.id));
      spec.cameras.filter((camera) => !gone.has(camera.id)).forEach((camera) => mark(map, camera));
      for (const { geometry, properties } of moved.values()) {
        mark(map, { id: properties.id, state: properties.state, lon: geometry.coordinates[0], lat: geometry.coordinates[1] });
      }
    }
    const forget = document.getElementById("whatif-forget");
    if (forget) {
      forget.addEventListener("click", async () => {
        const answer = await fetch(forget.dataset.address, { method: "DELETE" });
        if (answer.ok || answer.status === 404) {
          window.location.assign(`${spec.edit.page}?lang=${spec.edit.lang}`);
        }
      });
    }
    show(spec.answer);
    // where something changes, else the whole city: the map had the room of two when the page chose its view
    const whole = L.latLngBounds(JSON.parse(document.getElementById("page").textContent).bounds);
    const view = spec.answer.features.length ? drawn.getBounds() : whole;
    map.fitBounds(view, { maxZoom: 17, padding: [30, 30], animate: false });
    other.setView(map.getCenter(), map.getZoom(), { animate: false });
  };
})();
