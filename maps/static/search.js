// Search by street: part of a name is enough, accents and capitals do not matter.
(function () {
  "use strict";

  function element(tag, className, text) {
    const made = document.createElement(tag);
    made.className = className || "";
    if (text !== undefined) {
      made.textContent = text;
    }
    return made;
  }

  function plain(text) {
    return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  }

  // Returns the search box; `choose` is called with the name of a street.
  window.kuzetSearch = function (page, choose) {
    const box = element("div", "search leaflet-bar");
    const field = element("input");
    const list = element("ul");
    Object.assign(field, { type: "search", placeholder: page.texts.search, autocomplete: "off" });
    field.setAttribute("aria-label", page.texts.search);
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-expanded", "false");
    list.setAttribute("role", "listbox");
    list.hidden = true;
    box.append(field, list);
    const names = Object.keys(page.streets).map((name) => ({ name, key: plain(name) }));

    function refresh() {
      const wanted = plain(field.value.trim());
      const begins = names.filter((one) => wanted && one.key.startsWith(wanted));
      const holds = names.filter((one) => wanted && one.key.includes(wanted) && !one.key.startsWith(wanted));
      const found = [...begins, ...holds].slice(0, 8);
      list.replaceChildren(...found.map((one) => choice(one.name)));
      if (wanted && !found.length) {
        list.append(element("li", "none", page.texts.nothing));
      }
      list.hidden = !wanted;
      field.setAttribute("aria-expanded", String(!list.hidden));
    }

    function choice(name) {
      const item = element("li");
      const button = element("button", "", name);
      button.type = "button";
      button.setAttribute("role", "option");
      button.addEventListener("click", () => {
        field.value = name;
        list.hidden = true;
        choose(name);
      });
      item.append(button);
      return item;
    }

    field.addEventListener("input", refresh);
    field.addEventListener("keydown", (event) => {
      const first = list.querySelector("button");
      if (event.key === "Enter" && first) {
        first.click();
      } else if (event.key === "ArrowDown" && first) {
        first.focus();
        event.preventDefault();
      } else if (event.key === "Escape") {
        list.hidden = true;
      }
    });
    list.addEventListener("keydown", (event) => {
      const buttons = [...list.querySelectorAll("button")];
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        const next = buttons[buttons.indexOf(document.activeElement) + step];
        (next || field).focus();
        event.preventDefault();
      }
    });
    L.DomEvent.disableClickPropagation(box);
    L.DomEvent.disableScrollPropagation(box);
    return box;
  };
})();
