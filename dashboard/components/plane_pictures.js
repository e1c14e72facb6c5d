// Pictures of the plane: what a unit answers where, what the whole network answers, and the plane as
// hidden units see it. Comes after forward_pass.js and network_drawing.js.

const SIDE = 64; // points of a picture, along each side
const GRID_LINES = 13, POINTS_PER_LINE = 40; // of the grid that hidden units bend
const scratch = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });

// The points of a picture, row after row from the top; the domain is [left, right, bottom, top].
function gridOver([left, right, bottom, top]) {
  const xs = new Float64Array(SIDE * SIDE), ys = new Float64Array(SIDE * SIDE);
  for (let i = 0; i < xs.length; i++) {
    xs[i] = left + ((right - left) * ((i % SIDE) + 0.5)) / SIDE;
    ys[i] = top - ((top - bottom) * (Math.floor(i / SIDE) + 0.5)) / SIDE;
  }
  return { xs, ys };
}

// Where a point of the plane is in a box on the screen, and the other way round.
const toBox = ([left, right, bottom, top], box, x, y) => [
  box.x + (box.side * (x - left)) / (right - left), box.y + (box.side * (top - y)) / (top - bottom),
];
const fromBox = ([left, right, bottom, top], box, x, y) => [
  left + ((x - box.x) / box.side) * (right - left), top - ((y - box.y) / box.side) * (top - bottom),
];

const contains = (box, x, y) => x >= box.x && x <= box.x + box.side && y >= box.y && y <= box.y + box.side;

// ---- colors ----

// 256 colors of a scale, each as a number for a Uint32Array of pixels.
function paletteOf(scale) {
  return Uint32Array.from({ length: 256 }, (_, i) => packed(colorAt(scale, i / 255)));
}

const packed = ([red, green, blue]) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
const parsed = (color) => [1, 3, 5].map((start) => parseInt(color.slice(start, start + 2), 16));

// ---- pictures ----

function paintPixels(context, box, colorOf) {
  const inner = scratch.getContext("2d"), image = inner.createImageData(SIDE, SIDE);
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < pixels.length; i++) pixels[i] = colorOf(i);
  inner.putImageData(image, 0, 0);
  context.drawImage(scratch, box.x, box.y, box.side, box.side);
}

// What a unit answers where: from 0 on in the colors of ink, or blue below 0 and orange above it.
function paintUnit(context, box, values, palettes) {
  let most = 0, least = 0;
  for (const value of values) { if (value > most) most = value; else if (value < least) least = value; }
  const scale = Math.max(most, -least) || 1;
  if (least < 0) paintPixels(context, box, (i) => palettes.diverging[Math.min(255, Math.max(0, Math.round(127.5 * (values[i] / scale + 1)))) || 0]);
  else paintPixels(context, box, (i) => palettes.sequential[Math.min(255, Math.round((255 * values[i]) / scale)) || 0]);
}

// The class with the highest output at each point, the stronger the further it is above the others.
function paintAnswer(context, box, outputs, { background, categorical }) {
  const base = parsed(background), colors = outputs.map((_, k) => parsed(categorical[k % categorical.length]));
  paintPixels(context, box, (i) => {
    let best = 0, second = -Infinity;
    for (let k = 1; k < outputs.length; k++) {
      if (outputs[k][i] > outputs[best][i]) { second = outputs[best][i]; best = k; } else second = Math.max(second, outputs[k][i]);
    }
    const share = 0.1 + 0.55 * Math.min(1, Math.max(0, outputs[best][i] - second) || 0);
    return packed(base.map((value, j) => Math.round(value + share * (colors[best][j] - value))));
  });
}

// Draws where values over the grid are 0: from cell to cell a piece of line (marching squares).
function strokeZero(context, box, values) {
  const cell = box.side / SIDE;
  const at = (row, column) => values[row * SIDE + column];
  context.beginPath();
  for (let row = 0; row + 1 < SIDE; row++) {
    for (let column = 0; column + 1 < SIDE; column++) {
      const corners = [[row, column], [row, column + 1], [row + 1, column + 1], [row + 1, column]];
      const ends = [];
      corners.forEach(([r, c], i) => {
        const [r2, c2] = corners[(i + 1) % 4], a = at(r, c), b = at(r2, c2);
        if (a > 0 === b > 0) return;
        const share = a / (a - b);
        ends.push([box.x + cell * (c + 0.5 + share * (c2 - c)), box.y + cell * (r + 0.5 + share * (r2 - r))]);
      });
      for (let i = 0; i + 1 < ends.length; i += 2) {
        context.moveTo(...ends[i]);
        context.lineTo(...ends[i + 1]);
      }
    }
  }
  context.stroke();
}

// ---- points ----

// Outlines of the symbols of classes, of size 1 around 0; the charts draw the same.
const SYMBOLS = {
  circle: Array.from({ length: 24 }, (_, i) => [Math.cos((i * Math.PI) / 12), Math.sin((i * Math.PI) / 12)]),
  diamond: [[0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]],
  square: [[-0.95, -0.95], [0.95, -0.95], [0.95, 0.95], [-0.95, 0.95]],
  cross: [[-0.4, -1.2], [0.4, -1.2], [0.4, -0.4], [1.2, -0.4], [1.2, 0.4], [0.4, 0.4], [0.4, 1.2], [-0.4, 1.2], [-0.4, 0.4], [-1.2, 0.4], [-1.2, -0.4], [-0.4, -0.4]],
  x: [[0, -0.6], [0.6, -1.2], [1.2, -0.6], [0.6, 0], [1.2, 0.6], [0.6, 1.2], [0, 0.6], [-0.6, 1.2], [-1.2, 0.6], [-0.6, 0], [-1.2, -0.6], [-0.6, -1.2]],
};

function traceSymbol(context, name, x, y, size) {
  SYMBOLS[name].forEach(([dx, dy], i) => (i ? context.lineTo(x + size * dx, y + size * dy) : context.moveTo(x + size * dx, y + size * dy)));
  context.closePath();
}

// Points of each class in its color and its symbol; held-out ones hollow.
function drawPoints(context, { xs, ys, labels }, symbols, theme, size, isHollow, placeOf) {
  const { categorical, background } = theme;
  context.lineWidth = isHollow ? 1.5 : 0.8;
  symbols.forEach((symbol, label) => {
    context.beginPath();
    for (let i = 0; i < labels.length; i++) {
      if (labels[i] === label) traceSymbol(context, symbol, ...placeOf(i, xs, ys), size);
    }
    const color = categorical[label % categorical.length];
    context.fillStyle = isHollow ? background : color;
    context.strokeStyle = isHollow ? color : background;
    context.globalAlpha = isHollow ? 0.9 : 1;
    context.fill();
    context.stroke();
    context.globalAlpha = 1;
  });
}

// ---- the plane as two units see it ----

// The lines of a grid over the plane, each as points; first those that run from left to right.
function gridLines([left, right, bottom, top]) {
  const along = (low, high, i, n) => low + ((high - low) * i) / (n - 1);
  const line = (i, isLevel) => Array.from({ length: POINTS_PER_LINE }, (_, j) => (isLevel
    ? [along(left, right, j, POINTS_PER_LINE), along(bottom, top, i, GRID_LINES)]
    : [along(left, right, i, GRID_LINES), along(bottom, top, j, POINTS_PER_LINE)]));
  return [true, false].flatMap((isLevel) => Array.from({ length: GRID_LINES }, (_, i) => line(i, isLevel)));
}

function limitsOf(values) {
  let low = Infinity, high = -Infinity;
  for (const value of values) { if (value < low) low = value; if (value > high) high = value; }
  const margin = 0.06 * (high - low) || 0.5;
  return Number.isFinite(low + high) ? [low - margin, high + margin] : [-1, 1];
}

// Draws grid and points where two units of a layer put them; `activationsAt` gives a layer's.
function paintHiddenSpace(context, box, { layer, units: [horizontal, vertical] }, network, parameters, points, theme) {
  const lines = gridLines(network.domain), flat = lines.flat();
  const at = (xs, ys) => {
    const below = forward(network, parameters, inputsOf(network, xs, ys)).activations[layer];
    return [below[horizontal], below[vertical]];
  };
  const [gridX, gridY] = at(flat.map(([x]) => x), flat.map(([, y]) => y));
  const [left, right] = limitsOf(gridX), [bottom, top] = limitsOf(gridY), limits = [left, right, bottom, top];
  const placeOf = (xs, ys, i) => toBox(limits, box, xs[i], ys[i]);
  context.save();
  context.beginPath();
  context.rect(box.x, box.y, box.side, box.side);
  context.clip();
  context.strokeStyle = theme.text;
  context.globalAlpha = 0.35;
  context.lineWidth = 1;
  context.beginPath();
  lines.forEach((line, l) => line.forEach((_, j) => {
    const place = placeOf(gridX, gridY, l * POINTS_PER_LINE + j);
    if (j) context.lineTo(...place); else context.moveTo(...place);
  }));
  context.stroke();
  context.globalAlpha = 1;
  for (const [part, isHollow] of [[points.training, false], [points.validation, true]]) {
    if (!part.labels.length) continue;
    const [xs, ys] = at(part.xs, part.ys);
    drawPoints(context, part, network.symbols, theme, 3, isHollow, (i) => placeOf(xs, ys, i));
  }
  context.restore();
  return limits;
}
