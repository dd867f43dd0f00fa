// Shapes that Leaflet's canvas does not know: markers that differ by shape, not only by colour,
// and lines with arrows for direction and a sideways offset.
(function () {
  "use strict";

  const ARROW_EVERY = 110;
  const ARROW_SIZE = 6;
  const STEEPEST_MITRE = 2.5;

  function tracePath(context, shape, point, radius) {
    context.beginPath();
    if (shape === "square") {
      context.rect(point.x - radius * 0.9, point.y - radius * 0.9, radius * 1.8, radius * 1.8);
    } else {
      context.arc(point.x, point.y, radius, 0, Math.PI * 2, false);
    }
  }

  L.Canvas.include({
    _updateShape(layer) {
      if (!this._drawing || layer._empty()) {
        return;
      }
      const context = this._ctx;
      const point = layer._point;
      const { shape, color } = layer.options;
      // seen from far away, large markers would hide the streets
      const radius = layer.options.radius * (this._map.getZoom() < 15 ? 0.65 : 1);
      const hollow = shape === "ring" || shape === "cross";
      context.save();
      context.setLineDash([]);
      context.globalAlpha = 1;
      tracePath(context, shape, point, radius);
      context.lineWidth = 4;
      context.strokeStyle = "#ffffff";
      context.stroke();
      context.fillStyle = hollow ? "#ffffff" : color;
      context.fill();
      context.lineWidth = hollow ? 1.8 : 1;
      context.strokeStyle = hollow ? color : "rgba(10, 30, 50, 0.75)";
      context.stroke();
      if (shape === "cross") {
        const arm = radius * 0.5;
        context.beginPath();
        context.moveTo(point.x - arm, point.y - arm);
        context.lineTo(point.x + arm, point.y + arm);
        context.moveTo(point.x - arm, point.y + arm);
        context.lineTo(point.x + arm, point.y - arm);
        context.stroke();
      }
      context.restore();
    },

    _drawArrows(layer) {
      if (!this._drawing) {
        return;
      }
      const context = this._ctx;
      context.save();
      context.setLineDash([]);
      context.globalAlpha = 1;
      context.lineJoin = "round";
      for (const part of layer._parts) {
        for (const { x, y, angle } of placeArrows(part)) {
          context.save();
          context.translate(x, y);
          context.rotate(angle);
          context.beginPath();
          context.moveTo(ARROW_SIZE, 0);
          context.lineTo(-ARROW_SIZE * 0.8, ARROW_SIZE * 0.8);
          context.lineTo(-ARROW_SIZE * 0.35, 0);
          context.lineTo(-ARROW_SIZE * 0.8, -ARROW_SIZE * 0.8);
          context.closePath();
          context.lineWidth = layer.options.edge;
          context.strokeStyle = layer.options.casing;
          context.stroke();
          context.fillStyle = layer.options.color;
          context.fill();
          context.restore();
        }
      }
      context.restore();
    },
  });

  function placeArrows(part) {
    const arrows = [];
    let travelled = 0;
    let next = ARROW_EVERY / 2;
    for (let i = 1; i < part.length; i++) {
      const from = part[i - 1];
      const to = part[i];
      const length = from.distanceTo(to);
      const angle = Math.atan2(to.y - from.y, to.x - from.x);
      for (; next <= travelled + length; next += ARROW_EVERY) {
        const share = (next - travelled) / length;
        arrows.push({ x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share, angle });
      }
      travelled += length;
    }
    return arrows;
  }

  // Moves a line to its right, as traffic keeps to its side: the way there and the way back stay apart.
  function moveAside(part, distance) {
    const points = part.filter((point, i) => i === 0 || point.distanceTo(part[i - 1]) > 0.5);
    if (points.length < 2) {
      return part;
    }
    const normals = [];
    for (let i = 1; i < points.length; i++) {
      const along = points[i].subtract(points[i - 1]);
      const length = Math.hypot(along.x, along.y);
      normals.push(L.point(-along.y / length, along.x / length));
    }
    return points.map((point, i) => {
      const before = normals[Math.max(0, i - 1)];
      const after = normals[Math.min(normals.length - 1, i)];
      const middle = before.add(after);
      const square = middle.x * middle.x + middle.y * middle.y;
      const mitre = square < 0.05 ? 1 : Math.min(STEEPEST_MITRE, 2 / square);
      const direction = square < 0.05 ? before : middle;
      return point.add(direction.multiplyBy(distance * mitre));
    });
  }

  L.KuzetMarker = L.CircleMarker.extend({
    _updatePath() {
      this._renderer._updateShape(this);
    },
  });

  L.KuzetLine = L.Polyline.extend({
    _clipPoints() {
      L.Polyline.prototype._clipPoints.call(this);
      if (this.options.offset) {
        this._parts = this._parts.map((part) => moveAside(part, this.options.offset));
      }
    }
  });

  L.KuzetArrows = L.KuzetLine.extend({
    _updatePath() {
      this._renderer._drawArrows(this);
    },
  });
})();
