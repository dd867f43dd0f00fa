// The page of one unit on a telephone: the next stop in big type, the rest of the shift, no network.
// What was done is kept in the telephone only. Text from the data reaches the page through textContent.
(function () {
  "use strict";

  const told = JSON.parse(document.getElementById("unit").textContent);
  const stops = told.stops;
  const texts = told.texts;
  const key = "kuzet-unit-" + told.run + "-" + told.unit;
  const at = (id) => document.getElementById(id);
  let place = 0;

  function recall() {
    try {
      const kept = Number(window.localStorage.getItem(key));
      return Number.isInteger(kept) && kept >= 0 && kept <= stops.length ? kept : 0;
    } catch {
      return 0; // a telephone that keeps nothing still shows the plan
    }
  }

  function keep() {
    try {
      window.localStorage.setItem(key, String(place));
    } catch {
      // as above
    }
  }

  function minutes(until) {
    return Math.round((until - Date.now()) / 60000);
  }

  function fill(text, number) {
    return text.replace("#", String(number));
  }

  // In how long, or how late; nothing on another day, when the figure would be of no use.
  function countdown(stop) {
    const left = minutes(stop.arrive);
    if (Math.abs(left) > 12 * 60) {
      return "";
    }
    if (left >= 0) {
      return fill(texts.left, left);
    }
    return Date.now() <= stop.leave ? fill(texts.stay, Math.max(0, minutes(stop.leave))) : fill(texts.late, -left);
  }

  function show() {
    const stop = stops[place];
    at("next").hidden = !stop;
    at("end").hidden = Boolean(stop);
    at("back").disabled = place === 0;
    at("done").disabled = !stop;
    if (stop) {
      at("number").textContent = stop.n;
      at("name").textContent = stop.name;
      at("times").textContent = stop.at + " – " + stop.until;
      at("why").textContent = stop.why;
      const way = stop.way.map((street) => {
        const line = document.createElement("li");
        line.textContent = street;
        return line;
      });
      at("way").replaceChildren(...way);
      at("geo").href = "geo:" + stop.lat + "," + stop.lon;
      at("left").textContent = countdown(stop);
    }
    for (const [index, row] of [...document.querySelectorAll("[data-stop]")].entries()) {
      row.classList.toggle("past", index < place);
      if (index === place) {
        row.setAttribute("aria-current", "step");
      } else {
        row.removeAttribute("aria-current");
      }
    }
  }

  function go(next) {
    place = Math.min(stops.length, Math.max(0, next));
    keep();
    show();
    window.scrollTo(0, 0);
  }

  at("done").addEventListener("click", () => go(place + 1));
  at("back").addEventListener("click", () => go(place - 1));
  for (const [index, row] of [...document.querySelectorAll("[data-stop] button")].entries()) {
    row.addEventListener("click", () => go(index));
  }
  for (const part of document.querySelectorAll("[data-live]")) {
    part.hidden = false;
  }
  place = recall();
  show();
  window.setInterval(show, 20000);
  document.documentElement.dataset.ready = "yes";
})();
