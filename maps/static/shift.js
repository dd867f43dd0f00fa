// The shift, played: a slider of time over the map, the units where the plan has them at that minute.
// The slider is the browser's own, so arrows, Home, End and Page keys work; the list shows the stop of the minute.
(function () {
  "use strict";

  const LONGEST = 0.5; // seconds of play in one step: a page that slept does not jump

  function element(tag, className, text) {
    const made = document.createElement(tag);
    made.className = className;
    if (text !== undefined) {
      made.textContent = text;
    }
    return made;
  }

  // The share of the way behind each corner of a line, in metres on the ground.
  function measure(line) {
    const gone = [0];
    for (let i = 1; i < line.length; i += 1) {
      const [lon, lat] = line[i];
      const [lonBefore, latBefore] = line[i - 1];
      const east = (lon - lonBefore) * Math.cos((lat * Math.PI) / 180);
      gone.push(gone[i - 1] + Math.hypot(east, lat - latBefore));
    }
    return gone;
  }

  function along(leg, share) {
    const { line, gone } = leg;
    const wanted = share * gone[gone.length - 1];
    let i = 1;
    while (i < gone.length - 1 && gone[i] < wanted) {
      i += 1;
    }
    const length = gone[i] - gone[i - 1];
    const part = length > 0 ? (wanted - gone[i - 1]) / length : 1;
    const [lon, lat] = line[i - 1];
    const [lonNext, latNext] = line[i];
    return [lat + (latNext - lat) * part, lon + (lonNext - lon) * part];
  }

  // Where a unit is at a moment: on a leg, or where the last one ended.
  function placeAt(unit, moment) {
    let last = unit.legs[0];
    for (const leg of unit.legs) {
      if (moment < leg.from) {
        break;
      }
      last = leg;
    }
    const length = last.to - last.from;
    const share = length > 0 ? (moment - last.from) / length : 1;
    return along(last, Math.min(1, Math.max(0, share)));
  }

  function clock(seconds, offset) {
    return new Date((seconds + offset) * 1000).toISOString().slice(11, 16);
  }

  function kuzetShift(map, id) {
    const shift = JSON.parse(document.getElementById(id).textContent);
    const texts = shift.texts;
    const units = shift.units.filter((unit) => unit.legs.length);
    for (const unit of units) {
      unit.legs = unit.legs.map(([from, to, line]) => ({ from, to, line, gone: measure(line) }));
      const mark = element("span", "shift-unit", unit.short);
      mark.style.background = unit.color;
      mark.style.color = unit.ink;
      const icon = L.divIcon({ html: mark, className: "badge-holder", iconSize: [34, 34] });
      unit.marker = L.marker(placeAt(unit, shift.from), { icon, alt: unit.name, title: unit.name, zIndexOffset: 1000 });
      unit.marker.addTo(map);
    }
    const rows = [...document.querySelectorAll("[data-from]")];

    const bar = element("div", "shift-bar leaflet-control");
    const play = element("button", "shift-play", "▶");
    play.type = "button";
    const slider = element("input", "shift-slider");
    Object.assign(slider, { type: "range", min: shift.from, max: shift.to, step: 60, value: shift.from });
    slider.setAttribute("aria-label", texts.time);
    const now = element("output", "shift-clock");
    const speed = element("select", "shift-speed");
    speed.setAttribute("aria-label", texts.speed);
    for (const factor of [60, 300, 900]) {
      const choice = element("option", "", `×${factor}`);
      choice.value = factor;
      choice.selected = factor === 300;
      speed.append(choice);
    }
    bar.append(play, slider, now, speed);
    L.DomEvent.disableClickPropagation(bar);
    L.DomEvent.disableScrollPropagation(bar);
    const Bar = L.Control.extend({ options: { position: "bottomleft" }, onAdd: () => bar });
    new Bar().addTo(map);

    let moment = shift.from;
    let playing = 0;
    let before = 0;

    function show(next) {
      moment = Math.min(shift.to, Math.max(shift.from, next));
      const told = clock(moment, shift.offset);
      slider.value = moment;
      slider.setAttribute("aria-valuetext", told);
      now.textContent = told;
      for (const unit of units) {
        unit.marker.setLatLng(placeAt(unit, moment));
      }
      for (const row of rows) {
        const here = Number(row.dataset.from) <= moment && moment < Number(row.dataset.to);
        row.classList.toggle("now", here);
      }
    }

    function stop() {
      window.cancelAnimationFrame(playing);
      playing = 0;
      play.textContent = "▶";
      play.setAttribute("aria-label", texts.play);
    }

    function step(time) {
      const passed = Math.min(LONGEST, Math.max(0, time - before) / 1000);
      before = time;
      show(moment + passed * Number(speed.value));
      if (moment >= shift.to) {
        stop();
      } else {
        playing = window.requestAnimationFrame(step);
      }
    }

    play.addEventListener("click", () => {
      if (playing) {
        stop();
        return;
      }
      if (moment >= shift.to) {
        show(shift.from);
      }
      play.textContent = "⏸";
      play.setAttribute("aria-label", texts.pause);
      before = performance.now();
      playing = window.requestAnimationFrame(step);
    });
    slider.addEventListener("input", () => {
      stop();
      show(Number(slider.value));
    });
    stop();
    show(shift.from);
    window.kuzetShift.show = show;
    window.kuzetShift.places = () => units.map((unit) => unit.marker.getLatLng());
  }

  window.kuzetShift = kuzetShift;
})();
