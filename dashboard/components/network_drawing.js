// What the drawings of networks have in common: numbers, colors, connections, and words beside them.

const written = (value) => (Number.isFinite(value) ? String(+value.toPrecision(3)).replace("-", "−") : "not finite");
const brief = (value) => (value && Math.abs(value) < 0.001 ? value.toExponential(0) : String(+value.toPrecision(2))).replaceAll("-", "−");
const signed = (value) => (value < 0 ? written(value) : `+${written(value)}`);
const largest = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value) || 0), 0) || 1;

// Red, green and blue of a color such as #0065a8.
const channelsOf = (color) => [1, 3, 5].map((start) => parseInt(color.slice(start, start + 2), 16));

// The color at a share, 0 to 1, of a scale, as [red, green, blue].
function colorAt(scale, share) {
  const position = Math.min(Math.max(share || 0, 0), 1) * (scale.length - 1);
  const i = Math.min(Math.floor(position), scale.length - 2);
  const from = channelsOf(scale[i]), to = channelsOf(scale[i + 1]);
  return from.map((value, j) => Math.round(value + (position - i) * (to[j] - value)));
}

const css = (rgb) => `rgb(${rgb.join(" ")})`;

// The colors of what is below and above 0.
function signColors({ diverging }) {
  return { below: css(colorAt(diverging, 0.17)), above: css(colorAt(diverging, 0.83)) };
}

// What the two colors stand for, in themselves; ends at x.
function writeSigns(context, theme, x, y) {
  const { below, above } = signColors(theme);
  Object.assign(context, { textAlign: "right", font: `12px ${theme.font}`, fillStyle: above });
  context.fillText("above 0", x, y);
  context.fillStyle = below;
  context.fillText("below 0", x - 7 - context.measureText("above 0").width, y);
}

// ---- connections and words ----

// Two units, each with its center and its radius, and a curve from one to the other.
function traceConnection(context, start, end) {
  const middle = (start.x + end.x) / 2;
  context.moveTo(start.x + start.radius, start.y);
  context.bezierCurveTo(middle, start.y, middle, end.y, end.x - end.radius, end.y);
}

function strokeConnection(context, start, end) {
  context.beginPath();
  traceConnection(context, start, end);
  context.stroke();
}

// Words that stay legible on whatever is below them.
function writeAbove({ theme }, context, text, x, y, align, color) {
  context.font = `600 11px ${theme.font}`;
  context.textAlign = align;
  context.lineJoin = "round";
  context.strokeStyle = theme.background;
  context.lineWidth = 4;
  context.strokeText(text, x, y);
  context.lineWidth = 1;
  context.fillStyle = color;
  context.fillText(text, x, y);
}

// Puts what is said of a place in a drawing beside it, and inside the drawing.
function placeBeside({ canvas, zoom }, { x: left, y: top, radius }, detail) {
  const x = zoom * left, y = zoom * top, offset = zoom * radius + 10;
  const isLeft = x > canvas.clientWidth / 2;
  const wanted = isLeft ? x - offset - detail.offsetWidth : Math.min(x + offset, canvas.clientWidth - detail.offsetWidth);
  const lowest = Math.min(y - detail.offsetHeight / 2, canvas.clientHeight - detail.offsetHeight);
  detail.style.left = `${Math.max(0, wanted)}px`;
  detail.style.top = `${canvas.offsetTop + Math.max(0, lowest)}px`;
}

// Which way the arrow keys go: across layers, and within one.
const STEPS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
