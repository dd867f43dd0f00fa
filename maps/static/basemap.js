// The quiet base map: our own vector tiles, drawn in greys under the answer, street names above it.
(function () {
  "use strict";

  const PAPER = "#f4f4f2";
  const FONT = '"Noto Sans", "Segoe UI", Roboto, "Helvetica Neue", Arial, "DejaVu Sans", sans-serif';
  const NATIVE_ZOOM = 15;
  // width in pixels at zoom 12, 14, 16, 18 for each class of street, 1 main road to 6 footpath
  const WIDTHS = {
    1: [1.6, 3.2, 8, 20],
    2: [1.2, 2.6, 7, 17],
    3: [0.5, 1.4, 5, 13],
    4: [0.4, 1.2, 4, 11],
    5: [0, 0.6, 2.6, 7],
    6: [0, 0.3, 1.1, 2.2],
  };

  function widthOf(zoom, feature) {
    const steps = WIDTHS[feature.props.class] || WIDTHS[6];
    const place = Math.max(0, Math.min(2.999, (zoom - 12) / 2));
    const low = Math.floor(place);
    return steps[low] + (steps[low + 1] - steps[low]) * (place - low);
  }

  const isLayer = (name) => (zoom, feature) => feature.props.layer === name;
  const isArea = (name) => (zoom, feature) => feature.props.layer === name && feature.geomType === 3;
  const isStreet = (test) => (zoom, feature) => feature.props.layer === "streets" && test(feature.props.class);

  function paintRules() {
    const { PolygonSymbolizer, LineSymbolizer } = protomapsL;
    const base = "base";
    const fill = (color) => new PolygonSymbolizer({ fill: color });
    return [
      { dataLayer: base, filter: isArea("landuse"), symbolizer: fill("#efefec") },
      { dataLayer: base, filter: isArea("green"), symbolizer: fill("#e4e9e0") },
      { dataLayer: base, filter: isArea("water"), symbolizer: fill("#d5dde3") },
      {
        dataLayer: base,
        filter: (zoom, feature) => feature.props.layer === "water" && feature.geomType === 2,
        symbolizer: new LineSymbolizer({ color: "#d5dde3", width: 1.5 }),
      },
      {
        dataLayer: base,
        minzoom: 13,
        filter: isLayer("buildings"),
        symbolizer: new PolygonSymbolizer({ fill: "#e3e2de", stroke: "#d3d1cb", width: (zoom) => (zoom >= 15 ? 0.7 : 0) }),
      },
      {
        dataLayer: base,
        minzoom: 14,
        filter: isStreet((kind) => kind === 6),
        symbolizer: new LineSymbolizer({
          dash: [3, 2],
          dashColor: "#cdcac4",
          dashWidth: widthOf,
          // the library asks for dashWidth feature by feature only if something else is asked that way
          lineCap: (zoom, feature) => "butt",
        }),
      },
      {
        dataLayer: base,
        filter: isStreet((kind) => kind < 6),
        symbolizer: new LineSymbolizer({
          color: "#d9d8d4",
          width: (zoom, feature) => widthOf(zoom, feature) + (zoom >= 14 ? 1.4 : 0.6),
          lineCap: "round",
          lineJoin: "round",
        }),
      },
      {
        dataLayer: base,
        filter: isStreet((kind) => kind < 6),
        symbolizer: new LineSymbolizer({ color: "#ffffff", width: widthOf, lineCap: "round", lineJoin: "round" }),
      },
    ];
  }

  function labelRules() {
    const label = (size, weight) =>
      new protomapsL.LineLabelSymbolizer({
        fontFamily: FONT,
        fontSize: size,
        fontWeight: weight,
        fill: "#3d4852",
        stroke: "rgba(255, 255, 255, 0.95)",
        width: 3.2,
        position: 2,
        repeatDistance: 420,
        maxLabelChars: 60,
      });
    return [
      { dataLayer: "base", minzoom: 14, filter: isStreet((kind) => kind <= 2), symbolizer: label(11.5, 600) },
      { dataLayer: "base", minzoom: 15, filter: isStreet((kind) => kind === 3 || kind === 4), symbolizer: label(11, 500) },
      { dataLayer: "base", minzoom: 17, filter: isStreet((kind) => kind >= 5), symbolizer: label(10.5, 400) },
    ];
  }

  class BytesSource {
    constructor(bytes) {
      this.bytes = bytes;
    }

    getKey() {
      return "basemap-in-page";
    }

    async getBytes(offset, length) {
      return { data: this.bytes.buffer.slice(offset, offset + length) };
    }
  }

  function openArchive(address) {
    if (!address.startsWith("#")) {
      return new pmtiles.PMTiles(new URL(address, document.baseURI).href);
    }
    const packed = atob(document.getElementById(address.slice(1)).textContent.trim());
    const bytes = Uint8Array.from(packed, (letter) => letter.charCodeAt(0));
    return new pmtiles.PMTiles(new BytesSource(bytes));
  }

  // `address` is where the archive is served, or "#id" of the script block that holds it.
  window.kuzetBasemap = function (map, address) {
    const archive = openArchive(address);
    const shared = { url: archive, maxDataZoom: NATIVE_ZOOM, noWrap: true, attribution: "" };
    map.createPane("basemap").style.zIndex = 150;
    const names = map.createPane("streetNames");
    names.style.zIndex = 450;
    names.style.pointerEvents = "none";
    map.getContainer().style.background = PAPER;
    protomapsL.leafletLayer({ ...shared, pane: "basemap", paintRules: paintRules(), labelRules: [] }).addTo(map);
    protomapsL.leafletLayer({ ...shared, pane: "streetNames", paintRules: [], labelRules: labelRules() }).addTo(map);
  };
})();
