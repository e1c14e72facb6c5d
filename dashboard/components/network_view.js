// Draws a network with one sample in it: the input, each layer as units shaded by what they pass
// on, the strongest connections, and the answer. All numbers come from the server. It comes after
// network_drawing.js.

const TOP = 24, BOTTOM = 20; // pixels above and below the units, for words
const PITCH = 15, LARGEST_PITCH = 30; // from unit to unit, in pixels
const INTO_EACH = 4; // connections drawn into a unit; for the one that is pointed at, all
const IN_WORDS = 3; // the strongest of what a unit receives, and passes on
const MOVE_MS = 250; // in which activations move from one picture to the next
const views = new WeakMap();

function unpacked({ bytes, scale }) {
  return Float32Array.from(new Int8Array(bytesOf(bytes).buffer), (value) => (value * scale) / 127);
}

// ---- the picture as the server sent it, and where its parts go ----

function pictureOf(content) {
  const layers = content.layers.map((layer) => ({ ...layer, weights: layer.weights && unpacked(layer.weights) }));
  if (content.image) layers[0].a = unpacked(layers[0].a);
  layers.forEach((layer) => { layer.most = largest(layer.a); layer.isSigned = layer.a.some((value) => value < 0); });
  return { ...content, layers };
}

// How many units of a layer fit into one column, or two, and where each is.
function columnPlaces(n, left, width, height) {
  const room = Math.max(1, Math.floor((height - TOP - BOTTOM) / PITCH));
  const nColumns = n > room && width > 4 * PITCH ? 2 : 1;
  const shown = Math.min(n, room * nColumns);
  const rows = Math.ceil(shown / nColumns);
  const pitch = Math.min(LARGEST_PITCH, (height - TOP - BOTTOM) / rows);
  const gap = Math.min(width / 3, 1.2 * pitch) * (nColumns - 1);
  return Array.from({ length: shown }, (_, i) => ({
    x: left + width / 2 - gap / 2 + gap * (i % nColumns),
    y: TOP + (height - TOP - BOTTOM) / 2 + pitch * (Math.floor(i / nColumns) + ((i % nColumns) - 0.5 * (nColumns - 1)) / 2 - (rows - 1) / 2),
    radius: Math.min(11, 0.4 * pitch, Math.max(0.3 * width, 0.4 * PITCH)),
  }));
}

// The widths of input and answer, in pixels: the more layers are between them, the less.
function sidesOf(picture, width) {
  const share = width / (3.2 + 0.9 * (picture.layers.length - 2));
  if (picture.place) return { input: Math.min(200, 0.26 * width, 1.2 * share), answer: Math.max(92, Math.min(140, 0.24 * width)) }; // room for numbers
  return { input: Math.min(250, 0.34 * width, 1.6 * share), answer: Math.min(190, Math.max(92, 0.34 * width, 1.6 * share)) };
}

function inputPlaces(picture, most, height) {
  const [input] = picture.layers;
  if (!picture.image) {
    const right = Math.min(140, most);
    return { right, places: columnPlaces(input.units.length, right - PITCH, PITCH, height) };
  }
  const [rows, columns] = picture.image.shape;
  const pixel = Math.min((height - TOP - BOTTOM) / rows, most / columns);
  const top = TOP + (height - TOP - BOTTOM - rows * pixel) / 2;
  const places = Array.from({ length: rows * columns }, (_, i) => ({
    x: 1 + (i % columns + 0.5) * pixel, y: top + (Math.floor(i / columns) + 0.5) * pixel, radius: 0,
  }));
  return { right: 1 + columns * pixel, top, pixel, places };
}

function geometryOf(picture, width, height) {
  const sides = sidesOf(picture, width), input = inputPlaces(picture, sides.input, height);
  const last = picture.layers.length - 1, right = width - sides.answer;
  const slot = (right - input.right) / last;
  const places = picture.layers.map((layer, l) => {
    if (l === 0) return input.places;
    if (l === last) return columnPlaces(layer.units.length, right - PITCH, PITCH, height);
    return columnPlaces(layer.units.length, input.right + slot * (l - 0.5) - PITCH / 2, slot, height);
  });
  return { width, height, input, places, right, slot };
}

// The strongest connections into each unit; `only` names one unit of which all are wanted.
function edgesOf(picture, places, showsContributions, only) {
  const edges = [];
  picture.layers.forEach((layer, l) => {
    if (l === 0) return;
    const sources = picture.layers[l - 1].a, nSources = layer.weights.length / layer.units.length;
    const before = edges.length;
    places[l].forEach((_, to) => {
      const all = [];
      for (let from = 0; from < Math.min(nSources, places[l - 1].length); from++) {
        const weight = layer.weights[to * nSources + from];
        const value = showsContributions ? weight * sources[from] : weight;
        if (value) all.push({ l, from, to, value });
      }
      const isOf = (edge) => only && ((l === only.layer && edge.to === only.i) || (l - 1 === only.layer && edge.from === only.i));
      all.sort((one, other) => Math.abs(other.value) - Math.abs(one.value));
      edges.push(...(only ? all.filter(isOf).slice(0, 60) : all.slice(0, INTO_EACH)));
    });
    const most = largest(edges.slice(before).map((edge) => edge.value));
    edges.slice(before).forEach((edge) => { edge.strength = Math.abs(edge.value) / most; });
  });
  return edges.sort((one, other) => one.strength - other.strength);
}

// ---- drawing ----

function drawInput(view, context) {
  const { picture, geometry: { input }, theme } = view;
  if (!picture.image) return drawFeatures(view, context);
  const [rows, columns] = picture.image.shape;
  bytesOf(picture.image.bytes).forEach((ink, i) => {
    context.fillStyle = css(colorAt(theme.sequential, ink / 255));
    const x = 1 + (i % columns) * input.pixel, y = input.top + Math.floor(i / columns) * input.pixel;
    context.fillRect(x, y, input.pixel + 0.5, input.pixel + 0.5);
  });
  context.strokeStyle = theme.border;
  context.strokeRect(1, input.top, columns * input.pixel, rows * input.pixel);
}

function drawFeatures({ picture, geometry: { input, places }, theme }, context) {
  const [layer] = picture.layers, longest = input.right - 2 * PITCH;
  context.font = `13px ${theme.font}`;
  context.textAlign = "right";
  places[0].forEach(({ x, y, radius }, i) => {
    const share = layer.a[i] / layer.most;
    context.fillStyle = css(colorAt(theme.diverging, (share + 1) / 2));
    context.fillRect(x - radius - 4, y + 6, -Math.abs(share) * longest, 3);
    context.fillStyle = theme.text;
    context.fillText(picture.features[i], x - radius - 6, y - 1, longest);
  });
}

function drawEdges({ edges, focus, picture, geometry: { places }, theme }, context) {
  const isFaint = picture.place && !focus; // what comes to a marked unit is drawn above them
  const { below, above } = signColors(theme);
  for (const { l, from, to, value, strength } of edges) {
    context.strokeStyle = value < 0 ? below : above;
    context.globalAlpha = (0.12 + 0.88 * strength) * (isFaint ? 0.25 : 1);
    context.lineWidth = 0.4 + 2.6 * strength;
    strokeConnection(context, places[l - 1][from], places[l][to]);
  }
  context.globalAlpha = 1;
  context.lineWidth = 1;
}

// A band behind the units of a layer: two columns of them are one layer.
function drawBand({ geometry: { places }, theme }, context, l) {
  const xs = places[l].map(({ x }) => x), ys = places[l].map(({ y }) => y), margin = places[l][0].radius + 4;
  const left = Math.min(...xs) - margin, top = Math.min(...ys) - margin;
  context.beginPath();
  context.roundRect(left, top, Math.max(...xs) + margin - left, Math.max(...ys) + margin - top, margin);
  context.fillStyle = theme.background;
  context.globalAlpha = 0.6;
  context.fill();
  context.globalAlpha = 1;
  context.strokeStyle = theme.border;
  context.stroke();
}

function drawUnits(view, context, l) {
  const { picture, geometry: { places }, theme } = view;
  const layer = picture.layers[l], values = view.values[l];
  places[l].forEach(({ x, y, radius }, i) => {
    const share = values[i] / layer.most;
    const rgb = layer.isSigned ? colorAt(theme.diverging, (share + 1) / 2) : colorAt(theme.sequential, share);
    const isFocus = view.focus?.layer === l && view.focus.i === i;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fillStyle = css(rgb);
    context.fill();
    context.strokeStyle = isFocus ? theme.primary : theme.text;
    context.lineWidth = isFocus ? 3 : 1;
    context.globalAlpha = isFocus ? 1 : 0.55;
    context.stroke();
    context.globalAlpha = context.lineWidth = 1;
  });
}

// ---- a place that the page speaks of ----

// What comes to the marked unit along its connections, with the longest three in numbers.
function drawTerms(view, context) {
  const { picture: { place }, geometry: { places }, theme } = view;
  const to = places[place.layer][place.i], most = largest(place.terms);
  if (!to) return; // a narrow page has no room for this unit
  const colorOf = (value) => css(colorAt(theme.diverging, value < 0 ? 0.17 : 0.83));
  const ways = place.termUnits.map((unit, i) => ({ from: places[place.termLayer][unit], value: place.terms[i] })).filter(({ from, value }) => from && value);
  for (const { from, value } of ways) {
    const side = Math.sign(to.x - from.x), middle = (from.x + to.x) / 2;
    context.strokeStyle = colorOf(value);
    context.lineWidth = 0.6 + (3 * Math.abs(value)) / most;
    context.beginPath();
    context.moveTo(from.x + side * from.radius, from.y);
    context.bezierCurveTo(middle, from.y, middle, to.y, to.x - side * (to.radius + 5), to.y);
    context.stroke();
  }
  if (!ways.length) return;
  const side = place.isBackward ? -1 : 1, tip = to.x - side * (to.radius + 2);
  context.fillStyle = theme.text;
  context.beginPath();
  context.moveTo(tip, to.y);
  context.lineTo(tip - side * 8, to.y - 5);
  context.lineTo(tip - side * 8, to.y + 5);
  context.fill();
  const taken = [];
  for (const { from, value } of ways.slice(0, 3)) {
    const share = place.isBackward ? 0.45 : 0.3, x = from.x + share * (to.x - from.x);
    const y = from.y + share * share * (3 - 2 * share) * (to.y - from.y);
    if (taken.some((other) => Math.abs(other - y) < 12)) continue;
    taken.push(y);
    writeAbove(view, context, signed(value), x, y, "center", theme.text);
  }
}

function drawPlace(view, context) {
  const { picture: { place, layers }, geometry: { places }, theme } = view;
  if (!place || view.focus) return;
  drawTerms(view, context);
  const units = places[place.layer], xs = units.map(({ x }) => x), ys = units.map(({ y }) => y);
  const margin = units[0].radius + 5, left = Math.min(...xs), right = Math.max(...xs);
  context.strokeStyle = theme.primary;
  context.lineWidth = 2;
  context.beginPath();
  context.roundRect(left - margin, Math.min(...ys) - margin, right - left + 2 * margin, Math.max(...ys) - Math.min(...ys) + 2 * margin, margin);
  context.stroke();
  const isLast = place.layer === layers.length - 1;
  units.forEach(({ x, y, radius }, i) => {
    const isMarked = i === place.i, isLeft = isLast || (x === left && left !== right);
    if (isMarked) {
      context.strokeStyle = theme.primary;
      context.lineWidth = 4;
      context.beginPath();
      context.arc(x, y, radius + 1, 0, 2 * Math.PI);
      context.stroke();
    }
    const value = place.values[i], short = value === null ? "?" : brief(value);
    const text = isMarked ? `${place.symbol} ${written(value)}` : short;
    if (isMarked || radius >= 5) writeAbove(view, context, text, isLeft ? x - margin - 2 : x + margin + 2, y, isLeft ? "right" : "left", isMarked ? theme.primary : theme.text);
  });
}

function drawAnswer(view, context) {
  const { picture, geometry: { places, width, right }, theme } = view;
  const last = picture.layers.length - 1, layer = picture.layers[last], size = Math.min(15, 2 * places[last][0].radius + 3);
  const names = layer.units.map((unit) => picture.classes[unit]);
  context.font = `${size}px ${theme.font}`;
  const widest = Math.min((width - right) / 2, Math.max(...names.map((name) => context.measureText(name).width)));
  const start = right + widest + 22, room = width - start - 48;
  places[last].forEach(({ y }, i) => {
    const isAnswer = layer.units[i] === picture.answer, isRight = layer.units[i] === picture.right;
    const value = view.values[last][i], share = layer.areProbabilities ? value : value / layer.most;
    context.font = `${isAnswer ? "700 " : ""}${size}px ${theme.font}`;
    context.fillStyle = theme.text;
    context.textAlign = "left";
    context.fillText(names[i], right + 6, y, widest);
    if (isRight) context.fillText("✓", right + widest + 8, y);
    context.fillStyle = css(colorAt(share < 0 ? theme.diverging : theme.sequential, share < 0 ? 0.2 : isAnswer ? 0.7 : 0.4));
    context.fillRect(start, y - size / 2 + 1, Math.max(1, Math.abs(share || 0) * Math.max(0, room)), size - 2);
    context.fillStyle = theme.text;
    context.textAlign = "right";
    context.fillText(layer.areProbabilities && Number.isFinite(value) ? `${Math.round(100 * value)} %` : written(value), width - 1, y, 46);
  });
}

// Words above a layer, and below it how many units are not drawn; short where room is short.
function drawHeadings({ picture, geometry: { places, input, slot, width, height }, theme }, context) {
  context.font = `12px ${theme.font}`;
  context.fillStyle = theme.text;
  context.textAlign = "center";
  const last = places.length - 1;
  const write = (long, short, x, y, room) => context.fillText(context.measureText(long).width < room ? long : short, x, y);
  picture.layers.forEach((layer, l) => {
    const xs = places[l].map(({ x }) => x), room = l === 0 || l === last ? 70 : slot - 4;
    const middle = l === 0 && picture.image ? input.right / 2 : (Math.min(...xs) + Math.max(...xs)) / 2;
    write(layer.title, layer.n.toLocaleString("en"), middle, 8, room);
    const n = (layer.n - places[l].length).toLocaleString("en");
    if (n !== "0") write(`and ${n} more`, `+${n}`, middle, height - 8, room);
  });
  writeSigns(context, theme, width - 1, height - 8);
}

function paint(view) {
  const { canvas, geometry: { width, height } } = view;
  const context = canvas.getContext("2d"), ratio = view.zoom * (window.devicePixelRatio || 1);
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.textBaseline = "middle";
  context.font = `12px ${view.theme.font}`;
  drawInput(view, context);
  drawEdges(view, context);
  for (let l = 1; l < view.picture.layers.length; l++) {
    if (l < view.picture.layers.length - 1) drawBand(view, context, l);
    drawUnits(view, context, l);
  }
  if (!view.picture.image) drawUnits(view, context, 0);
  drawAnswer(view, context);
  drawHeadings(view, context);
  drawPlace(view, context);
  view.root.dataset.drawn = String(+(view.root.dataset.drawn ?? 0) + 1);
}

// ---- one unit: in numbers, as a picture, in words ----

function passedOn({ picture, geometry: { places } }, { layer: l, i }) {
  const next = picture.layers[l + 1];
  if (!next) return "";
  const nSources = next.weights.length / next.units.length, a = picture.layers[l].a[i];
  const all = places[l + 1].map((_, to) => ({ to, value: a * next.weights[to * nSources + i] }));
  all.sort((one, other) => Math.abs(other.value) - Math.abs(one.value));
  const isLast = l + 2 === picture.layers.length;
  const name = (to) => (isLast ? `“${picture.classes[next.units[to]]}”` : `unit ${next.units[to] + 1}`);
  return `passes on: ${all.slice(0, IN_WORDS).map(({ to, value }) => `${signed(value)} to ${name(to)}`).join(", ")}`;
}

function received({ picture, geometry: { places } }, { layer: l, i }) {
  if (l < 2) return "";
  const below = picture.layers[l - 1], nSources = below.units.length, { weights } = picture.layers[l];
  const all = places[l - 1].map((_, from) => ({ from, value: weights[i * nSources + from] * below.a[from] }));
  all.sort((one, other) => Math.abs(other.value) - Math.abs(one.value));
  return `receives: ${all.slice(0, IN_WORDS).map(({ from, value }) => `${signed(value)} from unit ${below.units[from] + 1}`).join(", ")}`;
}

function linesOf(view, focus) {
  const { picture } = view, layer = picture.layers[focus.layer], { i } = focus;
  const isLast = focus.layer === picture.layers.length - 1, unit = layer.units[i];
  if (focus.layer === 0) return [picture.features[i], `value: ${written(layer.a[i])}`, passedOn(view, focus)];
  const what = isLast ? `Output “${picture.classes[unit]}”` : `Unit ${unit + 1} of layer ${focus.layer}`;
  return [
    what,
    `z = weighted sum + bias = ${written(layer.z[i] - layer.b[i])} ${layer.b[i] < 0 ? "−" : "+"} ${written(Math.abs(layer.b[i]))} = ${written(layer.z[i])}`,
    `a = ${layer.function}(z) = ${written(layer.a[i])}`,
    received(view, focus),
    passedOn(view, focus),
  ].filter(Boolean);
}

// The weights into a unit as a picture, where they come from the pixels of one.
function drawWeights({ picture, theme }, { layer: l, i }, canvas) {
  canvas.hidden = l !== 1 || !picture.image;
  if (canvas.hidden) return;
  const [height, width] = picture.image.shape, { weights } = picture.layers[l];
  const most = largest(weights); // one scale for all units of a layer
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  weights.slice(i * width * height, (i + 1) * width * height).forEach((weight, pixel) => {
    context.fillStyle = css(colorAt(theme.diverging, (weight / most + 1) / 2));
    context.fillRect(pixel % width, Math.floor(pixel / width), 1, 1);
  });
}

function showDetail(view) {
  const { detail, focus, words } = view;
  detail.hidden = !focus;
  if (!focus) return;
  const place = view.geometry.places[focus.layer][focus.i], lines = linesOf(view, focus);
  const text = detail.querySelector(".text");
  text.replaceChildren(...lines.map((line, i) => Object.assign(document.createElement("div"), { textContent: line, className: i ? "" : "heading" })));
  drawWeights(view, focus, detail.querySelector("canvas"));
  words.textContent = lines.join(". ");
  placeBeside(view, place, detail);
}

function setFocus(view, focus) {
  const old = view.focus;
  view.focus = focus;
  if (old?.layer === focus?.layer && old?.i === focus?.i) return;
  view.edges = edgesOf(view.picture, view.geometry.places, view.showsContributions, focus);
  paint(view);
  showDetail(view);
}

// ---- pointing and walking ----

function unitAt({ picture, zoom, geometry: { places } }, { offsetX, offsetY }) {
  let found = null, nearest = 10; // pixels
  places.forEach((units, layer) => {
    if (layer === 0 && picture.image) return;
    units.forEach(({ x, y, radius }, i) => {
      const distance = Math.hypot(x - offsetX / zoom, y - offsetY / zoom) - radius;
      if (distance < nearest) [nearest, found] = [distance, { layer, i }];
    });
  });
  return found;
}

function walk(view, [acrossLayers, withinLayer]) {
  const { places } = view.geometry, first = view.picture.image ? 1 : 0, last = places.length - 1;
  if (!view.focus) return setFocus(view, { layer: last, i: 0 });
  const layer = Math.min(last, Math.max(first, view.focus.layer + acrossLayers));
  const from = places[view.focus.layer][view.focus.i];
  const nearest = places[layer].reduce((best, { y }, i) => (Math.abs(y - from.y) < Math.abs(places[layer][best].y - from.y) ? i : best), 0);
  const i = layer === view.focus.layer ? view.focus.i + withinLayer : nearest;
  setFocus(view, { layer, i: Math.min(places[layer].length - 1, Math.max(0, i)) });
}

function choose(view) {
  view.pinned = view.picture.place ? null : view.focus; // a page with a place marks it there
  if (view.focus) view.send({ layer: view.focus.layer, unit: view.picture.layers[view.focus.layer].units[view.focus.i] });
}

function listen(view) {
  const { canvas } = view;
  canvas.addEventListener("pointermove", (event) => {
    const unit = unitAt(view, event);
    canvas.classList.toggle("over", Boolean(unit));
    setFocus(view, unit ?? view.pinned);
  });
  canvas.addEventListener("pointerleave", () => setFocus(view, view.pinned));
  canvas.addEventListener("click", (event) => { setFocus(view, unitAt(view, event)); choose(view); });
  canvas.addEventListener("blur", () => { view.pinned = null; setFocus(view, null); });
  canvas.addEventListener("keydown", (event) => {
    if (event.key in STEPS) walk(view, STEPS[event.key]);
    else if (event.key === "Enter" || event.key === " ") choose(view);
    else if (event.key === "Escape") { view.pinned = null; setFocus(view, null); } else return;
    view.pinned = view.focus;
    event.preventDefault();
  });
  view.modes.forEach((button, i) => button.addEventListener("click", () => {
    view.showsContributions = i === 1;
    view.modes.forEach((each) => each.setAttribute("aria-pressed", each === button));
    place(view);
  }));
  new ResizeObserver(() => { if (view.picture && canvas.clientWidth) place(view); }).observe(canvas);
}

// ---- from one picture to the next ----

function place(view) {
  view.geometry = geometryOf(view.picture, view.canvas.clientWidth / view.zoom, view.canvas.clientHeight / view.zoom);
  const { places } = view.geometry;
  const isThere = (unit) => unit && unit.i < (places[unit.layer]?.length ?? 0);
  view.pinned = isThere(view.pinned) ? view.pinned : null;
  view.focus = isThere(view.focus) ? view.focus : view.pinned;
  view.edges = edgesOf(view.picture, places, view.showsContributions, view.focus);
  paint(view);
  showDetail(view);
}

// Moves the activations from those of the old picture, where it has the same units.
function move(view, old) {
  const target = view.picture.layers.map((layer) => layer.a);
  const isSame = old && old.layers.length === target.length && old.layers.every((layer, l) => String(layer.units) === String(view.picture.layers[l].units));
  const isQuick = performance.now() - (view.movedAt ?? 0) < MOVE_MS; // while one draws, for example
  const isStill = isQuick || window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  view.movedAt = performance.now();
  const start = isSame && !isStill ? view.values : null;
  const generation = ++view.generation, began = performance.now();
  const step = (now) => {
    if (generation !== view.generation || !view.canvas.isConnected) return;
    const share = start ? Math.min(1, Math.max(0, (now - began) / MOVE_MS)) : 1;
    view.values = share < 1 ? target.map((a, l) => a.map((value, i) => start[l][i] + share * (value - start[l][i]))) : target;
    paint(view);
    if (share < 1) requestAnimationFrame(step);
  };
  view.values = start ?? target;
  place(view);
  if (start) requestAnimationFrame(step);
}

function show(view, content) {
  const text = JSON.stringify(content);
  if (text === view.text) { if (view.canvas.clientWidth) place(view); return; }
  view.text = text;
  const old = view.picture;
  view.picture = pictureOf(content);
  view.root.querySelector(".answer").textContent = content.says;
  view.root.querySelector(".about").textContent = content.about;
  view.canvas.setAttribute("aria-label", `${content.says} ${content.words}`);
  if (view.canvas.clientWidth) move(view, old);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".network-view");
  let view = views.get(root);
  if (!view) {
    const find = (selector) => root.querySelector(selector);
    view = { root, canvas: find("canvas.network"), detail: find(".detail"), words: find(".words"), generation: 0,
      modes: [...root.querySelectorAll(".modes button")], showsContributions: true, focus: null, pinned: null };
    views.set(root, view);
    listen(view);
  }
  view.theme = themeOf(root);
  view.zoom = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16; // larger on a projector
  view.canvas.style.height = `max(${data.height}px, var(--room, 0px))`;
  view.send = data.listens ? (unit) => setTriggerValue("unit", unit) : () => {};
  return follow(data, (content) => show(view, content));
}
