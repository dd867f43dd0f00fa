// Asking on the map: a click asks about its place, drawn points make a path. The form of the page does the
// asking, so that all of it also works by hand and without this file.
(function () {
  "use strict";

  const LINE = { color: "#1b2733", weight: 4, dashArray: "2 7", interactive: false };

  function button(text, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  }

  function degrees(number) {
    return String(Math.round(number * 1e6) / 1e6);
  }

  window.kuzetAsk = function (map, id) {
    const { bounds, texts } = JSON.parse(document.getElementById(id).textContent);
    const [west, south, east, north] = bounds;
    const form = document.getElementById("ask-form");
    const field = (name) => form.elements.namedItem(name);
    const ends = form.querySelector(".ask-end");
    const drawn = L.polyline([], LINE).addTo(map);
    const dots = L.featureGroup().addTo(map);
    const wasPath = field("path").value;
    let drawing = false;

    function inside(place) {
      return place.lng >= west && place.lng <= east && place.lat >= south && place.lat <= north;
    }

    // One of the two is asked about: what is not is left out of the address.
    function use(path) {
      field("path").disabled = !path;
      field("lon").disabled = field("lat").disabled = path;
      field("local_end_time").disabled = !path;
      ends.hidden = !path;
      form.querySelector(".ask-place").hidden = path;
    }

    function askPlace(place) {
      use(false);
      field("lon").value = degrees(place.lng);
      field("lat").value = degrees(place.lat);
      send();
    }

    function send() {
      if (form.reportValidity()) {
        form.requestSubmit();
      } else {
        document.body.classList.add("drawer-open");
      }
    }

    function tell(place, text) {
      L.popup().setLatLng(place).setContent(text).openOn(map);
    }

    function offer(place) {
      const box = document.createElement("div");
      box.className = "ask-offer";
      box.append(button(texts.here, () => askPlace(place)));
      tell(place, box);
    }

    function add(place) {
      drawn.addLatLng(place);
      L.circleMarker(place, { radius: 5, color: "#1b2733", fillColor: "#fff", fillOpacity: 1, weight: 2, interactive: false }).addTo(dots);
      count();
    }

    function count() {
      const points = drawn.getLatLngs();
      counter.textContent = texts.points.replace("#", points.length);
      undo.disabled = points.length === 0;
      ask.disabled = points.length < 2;
      field("path").value = points.map((place) => `${degrees(place.lng)},${degrees(place.lat)}`).join(";");
    }

    function takeBack() {
      const points = drawn.getLatLngs();
      drawn.setLatLngs(points.slice(0, -1));
      dots.removeLayer(dots.getLayers().at(-1));
      count();
    }

    function setDrawing(on) {
      drawing = on;
      document.body.classList.toggle("drawing", on);
      start.setAttribute("aria-pressed", String(on));
      start.textContent = on ? texts.stop : texts.draw;
      bar.hidden = !on;
      map.closePopup();
      drawn.setLatLngs([]);
      dots.clearLayers();
      count();
      use(on || (wasPath !== "" && field("lon").value === ""));
      if (on) {
        form.closest("details").open = true;
        document.body.classList.remove("drawer-open");
      } else {
        field("path").value = wasPath;
      }
    }

    function choose(place, surely) {
      if (!inside(place)) {
        tell(place, texts.outside);
      } else if (drawing) {
        add(place);
      } else if (surely) {
        askPlace(place);
      } else {
        offer(place);
      }
    }

    const Tools = L.Control.extend({ options: { position: "topleft" }, onAdd: () => tools });
    const tools = document.createElement("div");
    tools.className = "ask-tools leaflet-bar";
    const start = button(texts.draw, () => setDrawing(!drawing));
    start.className = "ask-draw";
    const bar = document.createElement("div");
    const counter = document.createElement("span");
    counter.setAttribute("role", "status");
    const middle = button(texts.middle, () => choose(map.getCenter(), true));
    const undo = button(texts.undo, takeBack);
    const ask = button(texts.send, send);
    ask.className = "ask-send";
    bar.append(counter, middle, undo, ask);
    tools.append(start, bar);
    L.DomEvent.disableClickPropagation(tools);
    const box = new Tools().addTo(map).getContainer();
    // under the search, above the zoom
    box.parentElement.children[0].after(box);

    // The click that closes a popup closes it, and asks nothing.
    let closed = false;
    map.on("popupclose", () => {
      closed = true;
      setTimeout(() => { closed = false; }, 0);
    });
    map.on("click", (event) => {
      if (drawing || !closed) {
        // a finger slips more easily than a mouse: a tap is asked back
        choose(event.latlng, event.originalEvent.pointerType !== "touch");
      }
    });
    map.on("contextmenu", (event) => choose(event.latlng, true));
    const view = map.getContainer();
    view.setAttribute("aria-label", texts.help);
    view.addEventListener("keydown", (event) => {
      if (event.target !== view) {
        return;
      }
      if (event.key === "Enter") {
        choose(map.getCenter(), true);
      } else if (event.key === "Escape" && drawing) {
        setDrawing(false);
      } else if (event.key === "Backspace" && drawing && drawn.getLatLngs().length) {
        takeBack();
      }
    });
    map.doubleClickZoom.disable();
    view.classList.add("asking");
    setDrawing(false);
    document.documentElement.dataset.asks = "yes";
  };
})();
