// Pictures of the plane: what a unit answers where, what the whole network answers, and the plane as
// hidden units see it. Comes after forward_pass.js, network_drawing.js and symbols.js.

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
  const base = channelsOf(background), colors = outputs.map((_, k) => channelsOf(categorical[k % categorical.length]));
  const mixed = [0, 0, 0];
  paintPixels(context, box, (i) => {
    let best = 0, second = -Infinity;
    for (let k = 1; k < outputs.length; k++) {
      if (outputs[k][i] > outputs[best][i]) { second = outputs[best][i]; best = k; } else second = Math.max(second, outputs[k][i]);
    }
    const share = 0.1 + 0.55 * Math.min(1, Math.max(0, outputs[best][i] - second) || 0);
    for (let j = 0; j < 3; j++) mixed[j] = Math.round(base[j] + share * (colors[best][j] - base[j]));
    return packed(mixed);
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

// The symbol of a class, so many pixels large, at a place.
const symbolAt = (symbol, x, y, size) => {
  const path = new Path2D();
  path.addPath(SYMBOLS[symbol], new DOMMatrix([size, 0, 0, size, x, y]));
  return path;
};

// Points of each class in its color and its symbol; held-out ones hollow.
function drawPoints(context, { xs, ys, labels }, symbols, theme, size, isHollow, placeOf) {
  const { categorical, background } = theme;
  context.lineWidth = isHollow ? 1.5 : 0.8;
  symbols.forEach((symbol, label) => {
    const path = new Path2D();
    for (let i = 0; i < labels.length; i++) {
      if (labels[i] === label) path.addPath(symbolAt(symbol, ...placeOf(i, xs, ys), size));
    }
    const color = categorical[label % categorical.length];
    context.fillStyle = isHollow ? background : color;
    context.strokeStyle = isHollow ? color : background;
    context.globalAlpha = isHollow ? 0.9 : 1;
    context.fill(path);
    context.stroke(path);
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

// The grid over the plane: its lines, and what all their points become before the first layer.
function bentGridOf(network) {
  const lines = gridLines(network.domain), flat = lines.flat();
  return { lines, inputs: inputsOf(network, flat.map(([x]) => x), flat.map(([, y]) => y)) };
}

// Draws grid and points where two units of a layer put them.
function paintHiddenSpace(context, box, { layer, units: [horizontal, vertical] }, network, parameters, { lines, inputs }, points, theme) {
  const at = (entering) => {
    const activations = forward(network, parameters, entering).activations[layer];
    return [activations[horizontal], activations[vertical]];
  };
  const [gridX, gridY] = at(inputs);
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
    const [xs, ys] = at(part.inputs);
    drawPoints(context, part, network.symbols, theme, 3, isHollow, (i) => placeOf(xs, ys, i));
  }
  context.restore();
  return limits;
}
