// Comes after live.js in a component that shows images quickly.

const COLORS = 256;
const tables = new Map(); // of colors, by scale

// So many colors between those of a scale, as bytes of red, green, blue and opacity.
function colorTable(scale) {
  const canvas = Object.assign(document.createElement("canvas"), { width: COLORS, height: 1 });
  const context = canvas.getContext("2d"), gradient = context.createLinearGradient(0, 0, COLORS, 0);
  scale.forEach((color, i) => gradient.addColorStop(i / (scale.length - 1), color));
  context.fillStyle = gradient;
  context.fillRect(0, 0, COLORS, 1);
  return context.getImageData(0, 0, COLORS, 1).data;
}

function paintImage(canvas, bytes, [height, width], scale) {
  const name = scale.join();
  if (!tables.has(name)) tables.set(name, colorTable(scale));
  const table = tables.get(name), image = new ImageData(width, height);
  bytesOf(bytes).forEach((value, i) => image.data.set(table.subarray(4 * value, 4 * value + 4), 4 * i));
  Object.assign(canvas, { width, height });
  canvas.getContext("2d").putImageData(image, 0, 0);
}

function made(tag, className, text = "") {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}
