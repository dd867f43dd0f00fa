// Cameras changed on the map: a click chooses one, a drag moves it, a handle or a number turns it; each change is
// tried out by the server at once. All of it also works with the fields beside the map, without a mouse.
(function () {
  "use strict";

  const WAIT_MS = 120;
  const HANDLE_PX = 46;
  const FIELDS = ["heading_deg", "height_m", "state", "model"];

  window.kuzetScenarioEdit = function (page) {
    const { map, spec, texts, say, element } = page;
    const { edit } = spec;
    const [west, south, east, north] = edit.bounds;
    const byId = (name) => document.getElementById(name);
    const form = byId("whatif-camera");
    const field = (name) => form.elements.namedItem(name);
    const status = byId("whatif-status");
    const keep = byId("whatif-keep");
    const add = byId("whatif-add");
    const register = new Map(edit.register.map((camera) => [camera.id, camera]));
    // what is wanted of each camera that is changed: {added, removed, lon, lat, heading_deg, height_m, state, model}
    const wanted = new Map();
    const points = new Map();
    let chosen = null;
    let pin = null;
    let handle = null;
    let adding = false;
    let asked = null;
    let timer = 0;
    let kept = true;

    function takeUp(changes) {
      let number = 0;
      for (const change of changes) {
        let id = change.camera;
        while (change.action === "add" && (id === undefined || (change.camera === undefined && now(id)))) {
          number += 1;
          id = `new-${number}`;
        }
        const mine = wanted.get(id) || {};
        if (change.action === "add") {
          mine.added = true;
        } else if (change.action === "remove") {
          mine.removed = true;
        }
        for (const name of ["lon", "lat", ...FIELDS]) {
          if (change[name] !== undefined) {
            mine[name] = change[name];
          }
        }
        wanted.set(id, mine);
      }
    }

    // A camera as it is wanted now, or nothing where there is none of that name.
    function now(id) {
      const mine = wanted.get(id);
      const before = register.get(id);
      return mine || before ? { id, state: "live", ...before, ...mine } : null;
    }

    function changes() {
      const out = [];
      for (const [camera, mine] of wanted) {
        const before = register.get(camera);
        if (mine.removed) {
          if (!mine.added) {
            out.push({ action: "remove", camera });
          }
          continue;
        }
        if (mine.added) {
          const made = { action: "add", camera, lon: mine.lon, lat: mine.lat };
          FIELDS.filter((name) => mine[name] !== undefined).forEach((name) => { made[name] = mine[name]; });
          out.push(made);
          continue;
        }
        if (mine.lon !== undefined && (mine.lon !== before.lon || mine.lat !== before.lat)) {
          out.push({ action: "move", camera, lon: mine.lon, lat: mine.lat });
        }
        if (mine.heading_deg !== undefined) {
          out.push({ action: "turn", camera, heading_deg: mine.heading_deg });
        }
        const set = { action: "set", camera };
        ["height_m", "state", "model"].filter((name) => mine[name] !== undefined).forEach((name) => { set[name] = mine[name]; });
        if (Object.keys(set).length > 2) {
          out.push(set);
        }
      }
      return out;
    }

    function tell(text, wrong) {
      status.textContent = text;
      status.classList.toggle("wrong", Boolean(wrong));
    }

    function change(id, values) {
      const mine = { ...(wanted.get(id) || {}), ...values };
      wanted.set(id, mine);
      kept = false;
      redraw(id);
      listChanges();
      clearTimeout(timer);
      timer = setTimeout(tryOut, WAIT_MS);
    }

    async function tryOut() {
      const mine = new AbortController();
      if (asked) {
        asked.abort();
      }
      asked = mine;
      tell(texts.waiting);
      document.documentElement.dataset.asking = "yes";
      try {
        const body = JSON.stringify({ changes: changes() });
        const answer = await fetch(`${edit.preview}?lang=${edit.lang}`, { method: "POST", headers: { "Content-Type": "application/json" }, body, signal: mine.signal });
        const told = await answer.json();
        if (asked !== mine) {
          return;
        }
        if (answer.ok) {
          tell("");
          page.show(told);
        } else {
          tell(`${told.detail} ${told.remedy}`, true);
        }
        keep.querySelector("button").disabled = !answer.ok || changes().length === 0;
      } catch (fault) {
        if (fault.name === "AbortError") {
          return;
        }
        tell(texts.failed, true);
      }
      document.documentElement.dataset.asking = "no";
    }

    function redraw(id) {
      const old = points.get(id);
      if (old) {
        old.remove();
        points.delete(id);
      }
      const camera = now(id);
      if (camera && !camera.removed && camera.lon !== undefined) {
        points.set(id, page.mark(map, camera, () => choose(id)));
      }
      if (id === chosen) {
        placePin();
      }
    }

    function listChanges() {
      const rows = [...wanted].filter(([, mine]) => !(mine.added && mine.removed));
      const list = rows.map(([id, mine]) => {
        const what = mine.removed ? "edit.removed" : mine.added ? "edit.added" : "edit.changed";
        const button = element("button", "", `${id}: ${texts[what]}`);
        button.type = "button";
        button.addEventListener("click", () => choose(id, true));
        const item = element("li");
        item.append(button);
        return item;
      });
      byId("whatif-changes").replaceChildren(...list);
      page.afterName.textContent = `B · ${rows.length ? say.fill(texts.changed, { count: rows.length }) : spec.names[1]}`;
    }

    function round(degrees) {
      return Math.round(degrees * 1e6) / 1e6;
    }

    function inside(place) {
      return place.lng >= west && place.lng <= east && place.lat >= south && place.lat <= north;
    }

    function moveTo(place) {
      if (!inside(place)) {
        tell(texts.outside, true);
        placePin();
        return;
      }
      change(chosen, { lon: round(place.lng), lat: round(place.lat) });
      fill();
    }

    function handlePlace(camera) {
      const angle = ((camera.heading_deg || 0) * Math.PI) / 180;
      const middle = map.latLngToContainerPoint([camera.lat, camera.lon]);
      return map.containerPointToLatLng(middle.add([Math.sin(angle) * HANDLE_PX, -Math.cos(angle) * HANDLE_PX]));
    }

    function placePin() {
      const camera = chosen && now(chosen);
      if (!camera || camera.removed) {
        [pin, handle].forEach((one) => one && one.remove());
        pin = handle = null;
        return;
      }
      const place = [camera.lat, camera.lon];
      if (!pin) {
        const icon = (name, size) => L.divIcon({ className: name, iconSize: [size, size] });
        pin = L.marker(place, { icon: icon("camera-pin", 22), draggable: true, autoPan: true, keyboard: true, zIndexOffset: 1000, title: texts.marker, alt: texts.marker }).addTo(map);
        pin.on("drag", () => {
          const at = pin.getLatLng();
          handle.setLatLng(handlePlace({ ...now(chosen), lat: at.lat, lon: at.lng }));
        });
        pin.on("dragend", () => moveTo(pin.getLatLng()));
        handle = L.marker(place, { icon: icon("camera-turn", 18), draggable: true, keyboard: true, zIndexOffset: 1100, title: texts.handle, alt: texts.handle }).addTo(map);
        handle.on("dragend", () => {
          const [from, to] = [pin, handle].map((one) => map.latLngToContainerPoint(one.getLatLng()));
          const heading = Math.round((Math.atan2(to.x - from.x, from.y - to.y) * 180) / Math.PI + 360) % 360;
          change(chosen, { heading_deg: heading });
          fill();
        });
        pin.getElement().addEventListener("keydown", (event) => {
          const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
          if (step) {
            // the map would move under it
            event.preventDefault();
            event.stopPropagation();
            const size = event.shiftKey ? 20 : 4;
            moveTo(map.containerPointToLatLng(map.latLngToContainerPoint(pin.getLatLng()).add([step[0] * size, step[1] * size])));
          } else if (event.key === "Delete") {
            remove();
          }
        });
      }
      pin.setLatLng(place);
      handle.setLatLng(handlePlace(camera));
    }

    function fill() {
      const camera = now(chosen);
      form.querySelector("h3").textContent = [camera.id, camera.name !== camera.id && camera.name].filter(Boolean).join(" · ");
      for (const name of ["lat", "lon", "heading_deg", "height_m", "state"]) {
        field(name).value = camera[name] === undefined || camera[name] === null ? "" : camera[name];
      }
      field("model").value = camera.model || "";
      byId("whatif-remove").disabled = Boolean(camera.removed);
    }

    function choose(id, fly) {
      chosen = id;
      form.hidden = false;
      fill();
      placePin();
      const camera = now(id);
      if (fly) {
        map.setView([camera.lat, camera.lon], Math.max(map.getZoom(), 17), { animate: false });
      }
      byId("whatif-pick").value = id;
      placePin();
    }

    function close() {
      chosen = null;
      form.hidden = true;
      placePin();
    }

    function remove() {
      change(chosen, { removed: true });
      if (now(chosen).added) {
        wanted.delete(chosen);
        listChanges();
      }
      close();
    }

    function undo() {
      const id = chosen;
      wanted.delete(id);
      close();
      redraw(id);
      listChanges();
      clearTimeout(timer);
      timer = setTimeout(tryOut, WAIT_MS);
    }

    function addAt(place) {
      if (!inside(place)) {
        tell(texts.outside, true);
        return;
      }
      let number = 1;
      while (now(`new-${number}`)) {
        number += 1;
      }
      const id = `new-${number}`;
      const model = form.querySelector("option[data-default]").value;
      change(id, { added: true, lon: round(place.lng), lat: round(place.lat), heading_deg: 0, model, state: "live" });
      setAdding(false);
      choose(id);
      field("heading_deg").focus({ preventScroll: true });
    }

    function setAdding(on) {
      adding = on;
      add.setAttribute("aria-pressed", String(on));
      map.getContainer().classList.toggle("pair-adding", on);
      tell(on ? texts.adding : "");
      if (on) {
        document.body.classList.remove("drawer-open");
      }
    }

    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("change", (event) => {
      const { name, value } = event.target;
      if (!event.target.reportValidity()) {
        return;
      }
      if (name === "lat" || name === "lon") {
        moveTo(L.latLng(Number(field("lat").value), Number(field("lon").value)));
      } else if (value !== "") {
        change(chosen, { [name]: event.target.type === "number" ? Number(value) : value });
      } else if (name === "model" && wanted.has(chosen)) {
        change(chosen, { model: undefined });
      }
    });
    byId("whatif-remove").addEventListener("click", remove);
    byId("whatif-undo").addEventListener("click", undo);
    byId("whatif-close").addEventListener("click", close);
    add.addEventListener("click", () => setAdding(!adding));
    byId("whatif-add-middle").addEventListener("click", () => addAt(map.getCenter()));
    byId("whatif-pick").addEventListener("change", (event) => {
      if (now(event.target.value)) {
        choose(event.target.value, true);
      }
    });
    map.on("click", (event) => adding && addAt(event.latlng));
    map.on("zoomend viewreset", placePin);
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        if (adding) {
          setAdding(false);
        } else if (chosen) {
          close();
        }
      }
    });
    keep.addEventListener("submit", async (event) => {
      event.preventDefault();
      const body = JSON.stringify({ name: keep.elements.namedItem("name").value, changes: changes() });
      try {
        const answer = await fetch(`${edit.keep}?lang=${edit.lang}`, { method: "POST", headers: { "Content-Type": "application/json" }, body });
        const told = await answer.json();
        if (answer.ok) {
          kept = true;
          window.location.assign(`${edit.page}?lang=${edit.lang}&second=${told.id}`);
        } else {
          tell(`${told.detail} ${told.remedy}`, true);
        }
      } catch {
        tell(texts.failed, true);
      }
    });
    window.addEventListener("beforeunload", (event) => {
      if (!kept && changes().length) {
        event.preventDefault();
      }
    });

    takeUp(edit.changes);
    byId("whatif-ids").append(...edit.register.map((camera) => Object.assign(document.createElement("option"), { value: camera.id })));
    for (const id of new Set([...register.keys(), ...wanted.keys()])) {
      redraw(id);
    }
    if (wanted.size) {
      listChanges();
      page.afterName.textContent = `B · ${spec.names[1]}`;
    }
    document.documentElement.dataset.edits = "yes";
  };
})();
