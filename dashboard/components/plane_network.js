// A small network on points of the plane, drawn whole, while the server trains it: the server sends
// the parameters every few steps, and they are played here. Comes after live_input.js and
// plane_pictures.js.

const LEAST_FRAME_MS = 30; // between two pictures
const SPARE = 1.5; // pictures are played so much slower than they come that there are always some left
const LEAST_RATE = 1 / 100; // pictures a millisecond
const CATCH_UP_MS = 400; // after a pause, what is left is played so quickly
const MOST_DRAWN = 300; // points of a curve
const MOST_KEPT = 4000; // frames that are kept; then every second one goes
const NEAR_EDGE = 6; // pixels
const TOP = 8, BIAS_ROOM = 26, CLASS_ROOM = 34, WIDE = 640; // pixels
const REST_OF_PAGE = 440; // pixels of the screen that are not the network's
const views = new WeakMap();
const all = (window.planeNetworks ??= new Map()); // those on the page, by key: one of them tells the server

// ---- what the server sends ----

const floatsOf = (text) => new Float32Array(bytesOf(text).buffer);

function pointsOf(network, { x, labels }) {
  const flat = floatsOf(x), xs = flat.filter((_, i) => i % 2 === 0), ys = flat.filter((_, i) => i % 2 === 1);
  return { xs, ys, labels: bytesOf(labels), inputs: inputsOf(network, xs, ys) };
}

function takeNetwork(view, data) {
  const text = JSON.stringify(data.network);
  if (text === view.networkText) return;
  view.networkText = text;
  view.network = { ...data.network, places: placesOf(data.network.sizes) };
  view.points = { training: pointsOf(view.network, data.network.training), validation: pointsOf(view.network, data.network.validation) };
  view.bentGrid = bentGridOf(view.network);
  const grid = gridOver(view.network.domain);
  view.inputs = inputsOf(view.network, grid.xs, grid.ys);
  view.featureInputs = Object.fromEntries(view.network.allFeatures.map(({ name }) => [name, Float64Array.from(grid.xs, (x, i) => FEATURES[name](x, grid.ys[i]))]));
  Object.assign(view, { pointLayer: null, featurePictures: {} });
  view.selected = view.focus = view.at = null;
  const layer = Math.max(0, view.network.sizes.length - 2);
  view.hidden = { layer, units: [0, Math.min(1, view.network.sizes[layer] - 1)] };
  fillChoices(view);
}

// Takes frames that are not known yet; another run begins a new film.
function takeFrames(view, content) {
  if (content.run !== view.run) Object.assign(view, { run: content.run, frames: [], head: -1, isLive: true, isReplaying: false, edits: {} });
  if (!view.frames.length && content.frames.numbers[0] > 0) return; // a film begins with its first picture
  const { numbers, steps, parameters, scores } = content.frames, n = view.network.places.n;
  const flat = floatsOf(parameters), values = floatsOf(scores), before = view.frames.length;
  numbers.forEach((number, i) => {
    if (number <= (view.frames.at(-1)?.number ?? -1)) return;
    view.frames.push({ number, step: steps[i], parameters: flat.slice(i * n, (i + 1) * n), scores: values.slice(4 * i, 4 * i + 4) });
  });
  const added = view.frames.length - before;
  if (view.isLive && (added || !isBusy(content))) setRate(view, content.status);
  if (!before && added) view.head = added - 1;
  thin(view);
}

function thin(view) {
  if (view.frames.length <= MOST_KEPT) return;
  const head = view.frames[Math.round(view.head)];
  view.frames = view.frames.filter((_, i) => i % 2 === 0 || i === view.frames.length - 1 || view.frames[i] === head);
  view.head = Math.max(0, view.frames.indexOf(head));
}

// Pictures a millisecond: so many that those at hand last until the next ones come.
function setRate(view, status) {
  const now = performance.now(), pending = view.frames.length - 1 - view.head;
  const gap = Math.min(2500, Math.max(700, now - (view.arrivedAt ?? now - 1000)));
  view.gap = view.gap ? 0.6 * view.gap + 0.4 * gap : 1000;
  view.arrivedAt = now;
  view.rate = isBusy({ status }) ? pending / (SPARE * view.gap) : Math.max(pending / CATCH_UP_MS, LEAST_RATE);
}

// ---- what the reader wants, until the server has it ----

function command(view, what) {
  const main = mainView(), keysOf = ({ values }) => String(Object.keys(values ?? {}));
  const isOvertaken = (each) => what.do === "edit" && each.do === "edit" && each.run === view.run && keysOf(each) === keysOf(what); // by the same slider
  main.commands = main.commands.filter((each) => !isOvertaken(each));
  main.commands.push({ n: ++main.commandNumber, run: view.run, ...what });
  tellSoon(main);
}

const mainView = () => [...all.values()].find((view) => !view.data.isSecond && view.root.isConnected) ?? [...all.values()][0];

const messageOf = (view) => ({
  page: view.data.page,
  commands: view.commands.slice(-50),
  seen: Object.fromEntries([...all.values()].map((each) => [each.run, each.frames.at(-1)?.number ?? -1])),
});

const isBusy = ({ status, hasMore }) => status === "playing" || status === "waiting" || hasMore;

// Asks for more while it plays, or until all frames of the past are here.
async function askOn(view) {
  const generation = ++view.asking;
  for (;;) {
    await rest(view.content.hasMore || !view.frames.length ? 50 : 1000 * view.content.seconds);
    if (generation !== view.asking || !view.root.isConnected) return;
    const isWanting = [...all.values()].some(({ content, commands, frames }) => isBusy(content) || commands.length || !frames.length);
    if (isWanting && !document.hidden) tellSoon(view);
  }
}

function takeContent(view, content) {
  view.content = content;
  view.commandNumber = Math.max(view.commandNumber, content.command); // after a reload, it has met others
  const main = mainView();
  if (main === view) view.commands = view.commands.filter(({ n }) => n > content.command);
  takeFrames(view, content);
  const isPending = main.commands.some((each) => each.do === "edit" && each.run === view.run);
  if (!isPending) view.frozen = new Set(content.frozen);
  if (!isPending && !isBusy(content)) view.edits = {};
  say(view);
  paintSoon(view);
}

// ---- the film ----

const current = (view) => view.frames[Math.min(view.frames.length - 1, Math.max(0, Math.round(view.head)))];

function shownParameters(view) {
  const parameters = Float64Array.from(current(view).parameters);
  for (const [place, value] of Object.entries(view.edits)) parameters[place] = value;
  return parameters;
}

// One loop an element: it moves the film on, and rests when there is nothing to move.
function paintSoon(view) {
  if (view.isPainting) return;
  view.isPainting = true;
  let before = performance.now();
  const step = (now) => {
    if (!view.root.isConnected) { view.isPainting = false; return; }
    const elapsed = now - before;
    if (elapsed >= LEAST_FRAME_MS || view.isDirty) {
      before = now;
      view.isDirty = false;
      moveOn(view, elapsed);
      paint(view);
    }
    if (isMoving(view) || view.isDirty) requestAnimationFrame(step); else view.isPainting = false;
  };
  view.isDirty = true;
  requestAnimationFrame(step);
}

const isMoving = (view) => (view.isLive || view.isReplaying) && Math.round(view.head) < view.frames.length - 1;

function moveOn(view, elapsed) {
  if (!isMoving(view)) return;
  const rate = view.isReplaying ? view.replayRate / 1000 : view.rate;
  view.head = Math.min(view.frames.length - 1, view.head + Math.min(elapsed, 250) * rate);
  if (view.isReplaying && view.head >= view.frames.length - 1) Object.assign(view, { isReplaying: false, isLive: true });
}

function scrub(view, head) {
  for (const each of all.values()) {
    const share = view.frames.length > 1 ? head / (view.frames.length - 1) : 1;
    each.head = each === view ? head : share * (each.frames.length - 1);
    Object.assign(each, { isReplaying: false, isLive: each.head >= each.frames.length - 1 });
    say(each);
    paintSoon(each);
  }
}

function replay(view) {
  for (const each of all.values()) {
    if (each.isReplaying) Object.assign(each, { isReplaying: false, isLive: false });
    else Object.assign(each, { isReplaying: true, isLive: false, head: each.isLive ? 0 : each.head });
    say(each);
    paintSoon(each);
  }
}

// ---- where everything goes ----

function geometryOf(view) {
  const { sizes, allFeatures } = view.network, width = view.canvas.clientWidth, isWide = width >= WIDE;
  const last = sizes.length - 1, netHeight = isWide ? Math.max(view.data.height, window.innerHeight - REST_OF_PAGE) : 330;
  const big = isWide ? Math.min(netHeight - TOP - 28, 0.36 * width) : Math.min(width - 40, 340);
  const netWidth = isWide ? width - big - 34 : width;
  const most = Math.max(...sizes.slice(1), allFeatures.length);
  const room = netHeight - TOP - BIAS_ROOM;
  const tile = Math.max(14, Math.min(56, room / most - Math.min(10, (0.25 * room) / most), netWidth / (last + 1) - 22));
  const left = isWide ? 64 : 46;
  const column = (l) => left + tile / 2 + ((netWidth - left - tile - CLASS_ROOM) * l) / last;
  const rows = (n, l, pick = (i) => i) => Array.from({ length: n }, (_, i) => {
    const pitch = Math.min(room / n, tile + 22), y = TOP + room / 2 + pitch * (pick(i) - (n - 1) / 2);
    return { x: column(l), y, radius: tile / 2 };
  });
  const features = rows(allFeatures.length, 0);
  const places = sizes.map((n, l) => (l ? rows(n, l) : view.network.features.map((name) => features[allFeatures.findIndex((each) => each.name === name)])));
  const biases = sizes.map((_, l) => (l ? { x: column(l - 1) + (l === 1 ? tile : 0), y: netHeight - BIAS_ROOM / 2, radius: 8 } : null));
  const box = isWide ? { x: width - big - 4, y: TOP + (netHeight - TOP - 20 - big) / 2, side: big } : { x: (width - big) / 2, y: netHeight + 6, side: big };
  return { width, height: isWide ? netHeight : netHeight + big + 30, tile, places, features, biases, box, netHeight, column };
}

// All connections: of weights, and of biases, from a unit that is always 1.
function connectionsOf({ network: { sizes, places }, geometry }) {
  const found = [];
  for (let l = 1; l < sizes.length; l++) {
    for (let to = 0; to < sizes[l]; to++) {
      for (let from = 0; from < sizes[l - 1]; from++) found.push({ l, to, from, place: places.weight(l, to, from), start: geometry.places[l - 1][from], end: geometry.places[l][to] });
      found.push({ l, to, from: null, place: places.bias(l, to), start: geometry.biases[l], end: geometry.places[l][to] });
    }
  }
  return found;
}

function layOut(view) {
  view.geometry = geometryOf(view);
  view.connections = connectionsOf(view);
  view.pointLayer = null;
  const { width, height } = view.geometry, ratio = window.devicePixelRatio || 1;
  view.canvas.style.height = `${height}px`;
  Object.assign(view.canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
  placeHeads(view);
}

// ---- painting ----

function paint(view) {
  if (!view.frames.length || !view.canvas.clientWidth) return;
  if (!view.geometry || view.geometry.width !== view.canvas.clientWidth) layOut(view);
  const { canvas, network, theme } = view, context = canvas.getContext("2d"), ratio = window.devicePixelRatio || 1;
  view.parameters = shownParameters(view);
  view.pass = forward(network, view.parameters, view.inputs);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  Object.assign(context, { textBaseline: "middle", imageSmoothingEnabled: true });
  drawConnections(view, context);
  drawBiasUnits(view, context);
  const { netHeight, places } = view.geometry;
  writeSigns(context, theme, places.at(-1)[0].x + 30, netHeight - 8);
  context.fillStyle = theme.text;
  context.fillText("lines:", places.at(-1)[0].x - 72, netHeight - 8);
  drawFeatureTiles(view, context);
  for (let l = 1; l < network.sizes.length; l++) drawTiles(view, context, l);
  if (view.shows === "hidden") drawHidden(view, context); else drawOutput(view, context);
  if (view.at) drawValues(view, context);
  drawCurves(view);
  sayNumbers(view);
  view.root.dataset.drawn = String(+(view.root.dataset.drawn ?? 0) + 1);
}

const isOf = (edge, focus) => focus && ((edge.l === focus.layer && edge.to === focus.i) || (edge.l - 1 === focus.layer && edge.from === focus.i));

function drawConnections(view, context) {
  const { below, above } = signColors(view.theme), { parameters, focus, selected, theme, frozen } = view;
  const most = Math.max(1, largest(Array.from(parameters)));
  for (const edge of view.connections) {
    const value = parameters[edge.place], strength = Math.min(1, Math.abs(value) / most), isFaint = focus?.layer > 0 && !isOf(edge, focus);
    context.globalAlpha = (0.2 + 0.8 * strength) * (isFaint ? 0.2 : 1);
    const width = 0.5 + 5 * strength, isMarked = selected === edge.place || view.over === edge.place;
    if (isMarked) {
      Object.assign(context, { globalAlpha: 1, strokeStyle: theme.text, lineWidth: width + 5 });
      context.setLineDash([]);
      strokeConnection(context, edge.start, edge.end);
    }
    Object.assign(context, { strokeStyle: value < 0 ? below : above, lineWidth: width });
    context.setLineDash(frozen.has(edge.place) ? [6, 4] : []);
    strokeConnection(context, edge.start, edge.end);
  }
  context.setLineDash([]);
  Object.assign(context, { globalAlpha: 1, lineWidth: 1 });
}

function drawBiasUnits({ geometry: { biases }, theme }, context) {
  for (const place of biases.slice(1)) {
    context.beginPath();
    context.arc(place.x, place.y, place.radius, 0, 2 * Math.PI);
    Object.assign(context, { fillStyle: theme.secondary, strokeStyle: theme.text, textAlign: "center", font: `600 11px ${theme.font}` });
    context.fill();
    context.stroke();
    context.fillStyle = theme.text;
    context.fillText("1", place.x, place.y);
  }
}

function frameTile(view, context, { x, y, radius }, isStrong) {
  context.strokeStyle = isStrong ? view.theme.primary : view.theme.text;
  context.globalAlpha = isStrong ? 1 : 0.5;
  context.lineWidth = isStrong ? 3 : 1;
  context.strokeRect(x - radius, y - radius, 2 * radius, 2 * radius);
  Object.assign(context, { globalAlpha: 1, lineWidth: 1 });
}

const boxOf = ({ x, y, radius }) => ({ x: x - radius, y: y - radius, side: 2 * radius });
const isFocused = ({ focus }, layer, i) => focus?.layer === layer && focus.i === i;

// The picture of a feature does not change with the network: it is painted once.
function featurePicture(view, name) {
  const box = { x: 0, y: 0, side: SIDE };
  const paintedPicture = () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });
    paintUnit(canvas.getContext("2d"), box, view.featureInputs[name], view.palettes);
    return canvas;
  };
  return (view.featurePictures[name] ??= paintedPicture());
}

function drawFeatureTiles(view, context) {
  const { network: { allFeatures, features }, geometry, theme } = view;
  allFeatures.forEach(({ name, label }, i) => {
    const place = geometry.features[i], isUsed = features.includes(name);
    context.globalAlpha = isUsed ? 1 : 0.35;
    context.drawImage(featurePicture(view, name), place.x - place.radius, place.y - place.radius, 2 * place.radius, 2 * place.radius);
    Object.assign(context, { fillStyle: theme.text, textAlign: "right", font: `${isUsed ? 600 : 400} 12px ${theme.font}` });
    context.fillText(label, place.x - place.radius - 5, place.y, place.x - place.radius - 6);
    frameTile(view, context, place, isFocused(view, 0, features.indexOf(name)) && isUsed);
  });
}

function drawTiles(view, context, l) {
  const { pass: { activations }, geometry: { places }, network: { sizes, classes, symbols }, theme } = view, isLast = l === sizes.length - 1;
  places[l].forEach((place, i) => {
    paintUnit(context, boxOf(place), activations[l][i], view.palettes);
    frameTile(view, context, place, isFocused(view, l, i));
    if (!isLast) return;
    context.fillStyle = theme.categorical[i % theme.categorical.length];
    context.fill(symbolAt(symbols[i], place.x + place.radius + 10, place.y, 5));
    Object.assign(context, { fillStyle: theme.text, textAlign: "left", font: `600 12px ${theme.font}` });
    context.fillText(classes[i], place.x + place.radius + 18, place.y, 18);
  });
}

function drawOutput(view, context) {
  const { geometry: { box, width }, pass: { activations, zs }, theme, focus } = view;
  paintAnswer(context, box, activations.at(-1), theme);
  if (focus?.layer > 0) { // where this unit is at 0
    Object.assign(context, { strokeStyle: theme.text, lineWidth: 2.5 });
    strokeZero(context, box, zs[focus.layer][focus.i]);
  }
  context.drawImage(pointLayer(view), 0, 0, width, view.geometry.height);
  Object.assign(context, { strokeStyle: theme.border, lineWidth: 1 });
  context.strokeRect(box.x, box.y, box.side, box.side);
  writeAxes(view, context, view.network.domain, view.network.axes);
}

function writeAxes({ geometry: { box }, theme }, context, [left, right, bottom, top], [horizontal, vertical]) {
  Object.assign(context, { fillStyle: theme.text, font: `11px ${theme.font}` });
  const write = (text, x, y, align) => { context.textAlign = align; context.fillText(text, x, y); };
  write(brief(left), box.x, box.y + box.side + 10, "left");
  write(horizontal, box.x + box.side / 2, box.y + box.side + 10, "center");
  write(brief(right), box.x + box.side, box.y + box.side + 10, "right");
  context.save();
  context.translate(box.x - 9, box.y + box.side / 2);
  context.rotate(-Math.PI / 2);
  write(brief(bottom), -box.side / 2, 0, "left");
  write(vertical, 0, 0, "center");
  write(brief(top), box.side / 2, 0, "right");
  context.restore();
}

// The points do not move: they are drawn once, and then copied.
function pointLayer(view) {
  if (view.pointLayer) return view.pointLayer;
  const { canvas, geometry: { box }, points, network, theme } = view, ratio = window.devicePixelRatio || 1;
  const layer = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height });
  const context = layer.getContext("2d"), n = points.training.labels.length + points.validation.labels.length;
  context.scale(ratio, ratio);
  context.rect(box.x, box.y, box.side, box.side);
  context.clip();
  const size = Math.max(2, Math.min(4.5, 80 / Math.sqrt(n || 1))), placeOf = (i, xs, ys) => toBox(network.domain, box, xs[i], ys[i]);
  drawPoints(context, points.training, network.symbols, theme, size, false, placeOf);
  if (view.showsHeldOut) drawPoints(context, points.validation, network.symbols, theme, size, true, placeOf);
  return (view.pointLayer = layer);
}

function drawHidden(view, context) {
  const { hidden, network, parameters, bentGrid, points, theme, geometry: { box } } = view;
  const limits = paintHiddenSpace(context, box, hidden, network, parameters, bentGrid, points, theme);
  context.strokeStyle = theme.border;
  context.strokeRect(box.x, box.y, box.side, box.side);
  const name = (i) => (hidden.layer === 0 ? network.labels[i] : `unit ${i + 1} of layer ${hidden.layer}`);
  writeAxes(view, context, limits, hidden.units.map(name));
}

// The number of every picture at the point under the cursor.
function drawValues(view, context) {
  const { network, geometry: { places, box }, theme, at: [x, y] } = view;
  const { activations } = forward(network, view.parameters, inputsOf(network, [x], [y]));
  places.forEach((units, l) => units.forEach((place, i) => writeAbove(view, context, brief(activations[l][i][0]), place.x, place.y + place.radius - 5, "center", theme.text)));
  for (const tile of [...places.flat().map(boxOf), ...(view.shows === "hidden" ? [] : [box])]) {
    const [px, py] = toBox(network.domain, tile, x, y);
    Object.assign(context, { strokeStyle: theme.text, lineWidth: 1.5 });
    context.beginPath();
    context.arc(px, py, tile.side > 60 ? 5 : 2.5, 0, 2 * Math.PI);
    context.stroke();
  }
}

// ---- curves ----

function epochOf({ content }, { step }) {
  const epoch = step / content.stepsPerEpoch;
  return Number.isInteger(epoch) ? epoch.toLocaleString("en") : epoch.toFixed(1);
}

const PANELS = [
  { title: "Loss, training dashed", lines: [(frame) => frame.scores[0], (frame) => frame.scores[2]], low: 0 },
  { title: "Accuracy", lines: [(frame) => 100 * frame.scores[1], (frame) => 100 * frame.scores[3]], unit: " %" },
];

function panelsOf(view) {
  const { selected } = view, path = (frame) => frame.parameters[selected];
  return [...PANELS, { title: selected === null ? "Path of a weight: select one" : `Path: ${nameOf(view, selected)}`, lines: selected === null ? [] : [path], isSigned: true }];
}

function drawCurves(view) {
  const { curves, frames, theme } = view, ratio = window.devicePixelRatio || 1, width = curves.clientWidth, height = curves.clientHeight;
  if (curves.width !== Math.round(width * ratio)) Object.assign(curves, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
  const context = curves.getContext("2d"), panels = panelsOf(view), each = width / panels.length, newest = Math.max(0, Math.round(view.head));
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = `11px ${theme.font}`;
  context.textBaseline = "middle";
  const shown = frames.slice(0, view.isLive ? newest + 1 : frames.length), every = Math.ceil(shown.length / MOST_DRAWN);
  const drawn = shown.map((_, j) => j).filter((j) => j % every === 0 || j === shown.length - 1);
  panels.forEach(({ title, lines, unit = "", low }, p) => {
    const box = { left: p * each + 34, right: (p + 1) * each - 8, top: 20, bottom: height - 14 };
    const values = lines.flatMap((line) => drawn.map((j) => line(shown[j]))).filter(Number.isFinite);
    const least = Math.min(low ?? Infinity, ...values), most = Math.max(least + 1e-6, ...values);
    const x = (i) => box.left + ((box.right - box.left) * i) / Math.max(1, shown.length - 1);
    const y = (value) => box.bottom - ((box.bottom - box.top) * (value - least)) / (most - least || 1);
    Object.assign(context, { fillStyle: theme.text, textAlign: "left", font: `600 11px ${theme.font}` });
    context.fillText(title, box.left, 8, each - 40);
    context.strokeStyle = theme.border;
    context.strokeRect(box.left, box.top, box.right - box.left, box.bottom - box.top);
    if (!values.length) return;
    Object.assign(context, { textAlign: "right", font: `11px ${theme.font}` });
    context.fillText(brief(most) + unit.trim(), box.left - 3, box.top + 4, 32);
    context.fillText(brief(least) + unit.trim(), box.left - 3, box.bottom - 4, 32);
    lines.forEach((line, i) => {
      context.beginPath();
      for (const j of drawn) context.lineTo(x(j), y(line(shown[j])));
      Object.assign(context, { strokeStyle: theme.categorical[i], lineWidth: 1.8 });
      context.setLineDash(lines.length > 1 && i === 0 ? [5, 3] : []);
      context.stroke();
      context.setLineDash([]);
    });
    context.fillStyle = theme.text;
    context.fillText(`epoch ${epochOf(view, shown.at(-1))}`, box.right, box.bottom + 8);
    const at = view.curveAt ?? newest;
    if (at >= shown.length) return;
    context.strokeStyle = theme.text;
    context.globalAlpha = 0.6;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x(at), box.top);
    context.lineTo(x(at), box.bottom);
    context.stroke();
    context.globalAlpha = 1;
    if (view.curveAt === null) return;
    const words = lines.map((line) => `${written(line(shown[at]))}${unit}`).filter((text) => !text.startsWith("not")).join(" / ");
    writeAbove(view, context, words, Math.min(Math.max(x(at), box.left + 50), box.right - 50), box.top + 10, "center", theme.text);
  });
}


// ---- words ----

const unitName = ({ network }, l, i) => (l === 0 ? network.labels[i] : l === network.sizes.length - 1 ? `output ${network.classes[i]}` : `unit ${i + 1} of layer ${l}`);

function nameOf(view, place) {
  const edge = view.connections?.find((each) => each.place === place);
  if (!edge) return "";
  const to = unitName(view, edge.l, edge.to);
  return edge.from === null ? `bias of ${to}` : `weight from ${unitName(view, edge.l - 1, edge.from)} to ${to}`;
}

// What there is to say of a unit or a connection, with the numbers in the formula.
function linesOf(view) {
  const { focus, over, parameters, network: { sizes, places, activation, output } } = view;
  if (over !== null) {
    const edge = view.connections.find((each) => each.place === over), value = written(parameters[over]);
    const input = edge.from === null ? "1" : edge.l === 1 ? view.network.labels[edge.from] : `a${subscript(edge.from + 1)}`;
    const frozen = view.frozen.has(over) ? "; frozen" : "";
    return [nameOf(view, over), `${value}: adds ${value} · ${input} to z of ${unitName(view, edge.l, edge.to)}${frozen}`, "Click it, or press Enter, to set it by hand."];
  }
  const { layer: l, i } = focus;
  if (l === 0) return [view.network.labels[i], "An input of the network."];
  const terms = Array.from({ length: sizes[l - 1] }, (_, from) => `${signed(parameters[places.weight(l, i, from)])} · ${l === 1 ? view.network.labels[from] : `a${subscript(from + 1)}`}`);
  const shown = terms.length > 8 ? [...terms.slice(0, 8), "…"] : terms;
  const name = l === sizes.length - 1 ? output : activation;
  return [unitName(view, l, i), `z = ${shown.join(" ").replace(/^\+/, "")} ${signed(parameters[places.bias(l, i)])}`, `a = ${name}(z)`, "The line in the output: where z is 0."];
}

const subscript = (n) => String(n).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]);

function showDetail(view) {
  const { detail, focus, over } = view, has = (over !== null || focus) && view.parameters;
  detail.hidden = !has;
  if (!has) return;
  const lines = linesOf(view);
  detail.replaceChildren(...lines.map((line, i) => Object.assign(document.createElement("div"), { textContent: line, className: i ? "" : "heading" })));
  view.words.textContent = lines.join(". ");
  const edge = over !== null && view.connections.find((each) => each.place === over);
  const place = edge ? { x: (edge.start.x + edge.end.x) / 2, y: (edge.start.y + edge.end.y) / 2, radius: 4 } : view.geometry.places[focus.layer][focus.i];
  placeBeside({ canvas: view.canvas, zoom: 1 }, place, detail);
}

const STATUS = { paused: "Paused", playing: "Playing", waiting: "Waiting for the processor", over: "At the end" };

function say(view) {
  const { content, find } = view;
  if (content.status !== view.said) view.words.textContent = STATUS[view.said = content.status];
  const isPlaying = ["playing", "waiting"].includes(content.status) || view.commands.at(-1)?.do === "play";
  find(".play").textContent = isPlaying ? "❚❚ Pause" : "▶ Play";
  find(".play").dataset.does = isPlaying ? "pause" : "play";
  for (const button of view.root.querySelectorAll(".commands button[data-do]")) button.disabled = content.isStuck && button.dataset.do !== "reset";
  find(".play").disabled = content.isStuck;
  find(".remark").textContent = content.remark;
  const pace = find(".pace");
  if (document.activeElement !== pace && !view.commands.some((each) => each.do === "pace")) pace.value = content.pace;
  find(".replay").textContent = view.isReplaying ? "Stop" : "Replay";
  find(".replay").disabled = view.frames.length < 2;
  find(".newest").disabled = view.isLive;
}

function sayNumbers(view) {
  const frame = current(view), { find, content } = view;
  const [loss, accuracy, heldOutLoss, heldOutAccuracy] = frame.scores;
  const percent = (value) => (Number.isFinite(value) ? `${(100 * value).toFixed(1)} %` : "–");
  const short = (value) => (Number.isFinite(value) ? value.toFixed(3) : "–");
  find(".epoch").textContent = epochOf(view, frame);
  find(".training").textContent = `${percent(accuracy)} · ${short(loss)}`;
  find(".held-out").textContent = `${percent(heldOutAccuracy)} · ${short(heldOutLoss)}`;
  const slider = find(".moment");
  Object.assign(slider, { max: view.frames.length - 1, value: view.isLive ? view.frames.length - 1 : Math.round(view.head) });
  slider.setAttribute("aria-valuetext", `epoch ${find(".epoch").textContent}`);
  view.canvas.setAttribute("aria-label", `Network ${view.network.sizes.join("-")} at epoch ${find(".epoch").textContent}: ${STATUS[content.status]}. Training accuracy ${percent(accuracy)}, held-out ${percent(heldOutAccuracy)}. Arrow keys walk through its units, comma and period through what enters a unit, Enter sets it by hand, space plays.`);
  showHand(view);
}

// ---- a weight by hand ----

function showHand(view) {
  const { hand, selected, parameters, frozen, find } = view;
  if (selected === null || !parameters) { hand.dataset.empty = ""; return; }
  delete hand.dataset.empty;
  find(".hand .name").textContent = nameOf(view, selected);
  const value = parameters[selected];
  for (const input of hand.querySelectorAll(".value input")) {
    if (document.activeElement !== input || input.type === "range") input.value = +value.toFixed(3);
    input.disabled = !view.isLive; // a moment of the past is to be looked at
  }
  find(".freeze").disabled = !view.isLive;
  find(".freeze").checked = frozen.has(selected);
}

// Sets a weight at once, here and on the server; the training pauses for it, at its newest network.
function setByHand(view, value) {
  if (!Number.isFinite(value)) return;
  toNewest(view);
  view.edits = { ...view.edits, [view.selected]: value };
  view.words.textContent = `${nameOf(view, view.selected)}: ${written(value)}`;
  command(view, { do: "edit", values: { [view.selected]: value }, frozen: [...view.frozen] });
  paintSoon(view);
}

function freeze(view, isFrozen) {
  if (isFrozen) view.frozen.add(view.selected); else view.frozen.delete(view.selected);
  command(view, { do: "edit", values: {}, frozen: [...view.frozen] });
  paintSoon(view);
}

function toNewest(view) {
  Object.assign(view, { head: view.frames.length - 1, isLive: true, isReplaying: false });
}

function select(view, place) {
  view.selected = place;
  showHand(view);
  paintSoon(view);
}

// ---- pointing and walking ----

const hits = ({ x, y, radius }, px, py) => Math.abs(px - x) <= radius + 2 && Math.abs(py - y) <= radius + 2;

function unitAt({ geometry: { places } }, x, y) {
  for (let layer = 0; layer < places.length; layer++) {
    const i = places[layer].findIndex((place) => hits(place, x, y));
    if (i >= 0) return { layer, i };
  }
  return null;
}

const featureAt = ({ geometry: { features } }, x, y) => features.findIndex((place) => hits(place, x, y));

// The connection that passes nearest, if one is near.
function connectionAt(view, x, y) {
  let found = null, nearest = NEAR_EDGE;
  for (const { start, end, place } of view.connections) {
    const left = start.x + start.radius, right = end.x - end.radius;
    if (x < left - 2 || x > right + 2) continue;
    for (let step = 0; step <= 24; step++) {
      const t = step / 24, u = 1 - t, middle = (start.x + end.x) / 2;
      const px = u ** 3 * left + 3 * u * t * (u + t) * middle + t ** 3 * right;
      const py = (u ** 3 + 3 * u * u * t) * start.y + (3 * u * t * t + t ** 3) * end.y;
      const distance = Math.hypot(px - x, py - y);
      if (distance < nearest) [nearest, found] = [distance, place];
    }
  }
  return found;
}

function planePointAt(view, x, y, unit) {
  const { geometry: { box, places }, network: { domain } } = view;
  if (view.shows !== "hidden" && contains(box, x, y)) return fromBox(domain, box, x, y);
  return unit ? fromBox(domain, boxOf(places[unit.layer][unit.i]), x, y) : null;
}

function point(view, event) {
  if (!view.geometry) return;
  const { offsetX: x, offsetY: y } = event;
  const unit = unitAt(view, x, y), over = unit ? null : connectionAt(view, x, y);
  Object.assign(view, { focus: unit, over, at: planePointAt(view, x, y, unit) });
  view.canvas.classList.toggle("over", Boolean(unit) || over !== null || featureAt(view, x, y) >= 0);
  showDetail(view);
  paintSoon(view);
}

function click(view, event) {
  point(view, event);
  const feature = featureAt(view, event.offsetX, event.offsetY);
  if (feature >= 0) toggleFeature(view, view.network.allFeatures[feature].name);
  else if (view.over !== null) select(view, view.over);
  else if (view.focus?.layer) select(view, view.network.places.bias(view.focus.layer, view.focus.i));
  else select(view, null);
  if (view.selected !== null) view.hand.scrollIntoView({ block: "nearest", behavior: "smooth" }); // on a phone
}

function walk(view, [across, within]) {
  const { places } = view.geometry, last = places.length - 1, before = view.focus ?? { layer: last + (across < 0 ? 1 : 0), i: 0 };
  const layer = Math.min(last, Math.max(0, before.layer + across));
  const i = Math.min(places[layer].length - 1, Math.max(0, before.i + within));
  Object.assign(view, { focus: { layer, i }, over: null });
  showDetail(view);
  paintSoon(view);
}

// Walks through the weights and the bias that enter the unit in focus.
function walkIn(view, step) {
  const focus = view.focus ?? { layer: view.network.sizes.length - 1, i: 0 };
  const entering = view.connections.filter(({ l, to }) => l === focus.layer && to === focus.i).map(({ place }) => place);
  if (!entering.length) return;
  const at = entering.indexOf(view.over);
  Object.assign(view, { focus, over: entering[(at + step + entering.length + (at < 0 && step < 0 ? 1 : 0)) % entering.length] });
  showDetail(view);
  paintSoon(view);
}

function useKeys(view, event) {
  const { key } = event;
  if (!view.focus && view.left?.focus && view.left.focus.i < (view.geometry.places[view.left.focus.layer]?.length ?? 0)) Object.assign(view, view.left); // where the reader was
  if (key in STEPS) walk(view, STEPS[key]);
  else if (key === "." || key === ",") walkIn(view, key === "." ? 1 : -1);
  else if (key === " ") view.find(".play").click();
  else if (key === "Enter") {
    if (view.over !== null) select(view, view.over);
    else if (view.focus?.layer) select(view, view.network.places.bias(view.focus.layer, view.focus.i));
    view.find(".hand input[type=number]").focus();
  } else if (key === "Escape") { Object.assign(view, { focus: null, over: null, at: null }); select(view, null); showDetail(view); } else return;
  event.preventDefault();
}

// ---- layers, units and features: another network ----

function toggleFeature(view, name) {
  const { features, allFeatures } = view.network;
  const wanted = allFeatures.map((each) => each.name).filter((each) => features.includes(each) !== (each === name));
  if (wanted.length) view.send("structure", { features: wanted });
}

function placeHeads(view) {
  const { heads, network: { sizes }, geometry: { column }, data } = view, hidden = sizes.slice(1, -1);
  const change = (l, by) => view.send("structure", { hidden_layers: hidden.map((n, i) => (i === l ? n + by : n)).filter((n) => n > 0) });
  const made = (text, label, does, isOff) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: text, title: label, disabled: isOff });
    button.setAttribute("aria-label", label);
    button.addEventListener("click", does);
    return button;
  };
  heads.replaceChildren(...hidden.map((n, l) => {
    const head = document.createElement("span");
    head.style.left = `${column(l + 1)}px`;
    head.append(made("−", `Take a unit away from layer ${l + 1}`, () => change(l, -1), n <= 1), String(n), made("+", `Add a unit to layer ${l + 1}`, () => change(l, 1), n >= data.mostUnits));
    return head;
  }));
  view.find(".fewer").disabled = !hidden.length;
  view.find(".more").disabled = hidden.length >= data.mostLayers;
  view.find(".layers").textContent = `${hidden.length} ${hidden.length === 1 ? "layer" : "layers"}`;
}

function changeLayers(view, by) {
  const hidden = view.network.sizes.slice(1, -1);
  view.send("structure", { hidden_layers: by > 0 ? [...hidden, hidden.at(-1) ?? 4] : hidden.slice(0, -1) });
}

// ---- choices above the picture ----

function options(select, names, chosen) {
  select.replaceChildren(...names.map(([value, text]) => Object.assign(document.createElement("option"), { value, textContent: text, selected: String(value) === String(chosen) })));
}

function fillChoices(view) {
  const { network: { sizes, labels }, hidden, find } = view;
  options(find(".layer"), sizes.slice(0, -1).map((_, l) => [l, l ? `layer ${l}` : "input"]), hidden.layer);
  const units = Array.from({ length: sizes[hidden.layer] }, (_, i) => [i, hidden.layer ? `unit ${i + 1}` : labels[i]]);
  options(find(".across"), units, hidden.units[0]);
  options(find(".up"), units, hidden.units[1]);
  for (const name of [".layer", ".across", ".up"]) find(name).closest("label").hidden = view.shows !== "hidden";
}

function listenToViews(view) {
  const { find } = view;
  for (const button of view.root.querySelectorAll("[data-shows]")) {
    button.addEventListener("click", () => {
      view.shows = button.dataset.shows;
      for (const each of view.root.querySelectorAll("[data-shows]")) each.setAttribute("aria-pressed", each === button);
      fillChoices(view);
      paintSoon(view);
    });
  }
  find(".layer").addEventListener("change", (event) => {
    const layer = Number(event.target.value);
    view.hidden = { layer, units: [0, Math.min(1, view.network.sizes[layer] - 1)] };
    fillChoices(view);
    paintSoon(view);
  });
  [".across", ".up"].forEach((name, i) => find(name).addEventListener("change", (event) => { view.hidden.units[i] = Number(event.target.value); paintSoon(view); }));
  find(".shows-held-out").addEventListener("change", (event) => { Object.assign(view, { showsHeldOut: event.target.checked, pointLayer: null }); paintSoon(view); });
}

function listenToTime(view) {
  const { find, curves } = view;
  find(".moment").addEventListener("input", (event) => scrub(view, Number(event.target.value)));
  find(".replay").addEventListener("click", () => replay(view));
  find(".newest").addEventListener("click", () => scrub(view, view.frames.length - 1));
  find(".rate").addEventListener("change", (event) => { for (const each of all.values()) each.replayRate = Number(event.target.value); });
  const at = (event) => {
    const each = curves.clientWidth / (PANELS.length + 1), share = ((event.offsetX % each) - 34) / (each - 42);
    const newest = view.isLive ? Math.round(view.head) : view.frames.length - 1;
    return Math.min(newest, Math.max(0, Math.round(share * newest)));
  };
  curves.addEventListener("pointermove", (event) => { view.curveAt = at(event); paintSoon(view); });
  curves.addEventListener("pointerleave", () => { view.curveAt = null; paintSoon(view); });
  curves.addEventListener("click", (event) => scrub(view, at(event)));
}

function listenToHand(view) {
  for (const input of view.hand.querySelectorAll(".value input")) input.addEventListener("input", () => setByHand(view, input.value === "" ? NaN : Number(input.value)));
  view.hand.addEventListener("keydown", (event) => { if (event.key === "Escape") view.canvas.focus(); });
  view.find(".freeze").addEventListener("change", (event) => freeze(view, event.target.checked));
}

function listen(view) {
  const { canvas, find } = view;
  find(".play").addEventListener("click", () => { toNewestIfOld(view); command(view, { do: find(".play").dataset.does }); say(view); });
  for (const button of view.root.querySelectorAll("[data-do]")) button.addEventListener("click", () => { toNewestIfOld(view); command(view, { do: button.dataset.do }); });
  find(".pace").addEventListener("change", (event) => command(view, { do: "pace", pace: event.target.value }));
  find(".others").addEventListener("click", () => view.send("structure", { seed: "another" }));
  find(".fewer").addEventListener("click", () => changeLayers(view, -1));
  find(".more").addEventListener("click", () => changeLayers(view, 1));
  canvas.addEventListener("pointermove", (event) => point(view, event));
  canvas.addEventListener("pointerleave", () => { Object.assign(view, { focus: null, over: null, at: null }); showDetail(view); paintSoon(view); });
  canvas.addEventListener("click", (event) => click(view, event));
  canvas.addEventListener("keydown", (event) => useKeys(view, event));
  canvas.addEventListener("blur", () => { Object.assign(view, { left: { focus: view.focus, over: view.over }, focus: null, over: null }); showDetail(view); paintSoon(view); });
  listenToViews(view);
  listenToTime(view);
  listenToHand(view);
  new ResizeObserver(() => { if (view.frames.length && canvas.clientWidth) { view.geometry = null; paintSoon(view); } }).observe(canvas.parentElement);
}

// A moment of the past that is looked at is left when the training goes on.
function toNewestIfOld(view) {
  for (const each of all.values()) if (!each.isLive) toNewest(each);
}

function viewIn(root, data) {
  const find = (selector) => root.querySelector(selector);
  const view = { root, find, data, canvas: find("canvas.network"), curves: find("canvas.curves"), detail: find(".detail"), words: find(".words"), hand: find(".hand"), heads: find(".heads"),
    frames: [], head: -1, isLive: true, isReplaying: false, replayRate: 15, rate: 0.03, edits: {}, frozen: new Set(), commands: [], commandNumber: data.content.command, selected: null,
    focus: null, over: null, at: null, curveAt: null, shows: "output", showsHeldOut: true, asking: 0, failures: 0 };
  view.message = () => messageOf(view);
  view.rerun = (message) => view.send("told", message);
  listen(view);
  options(find(".pace"), data.paces, data.content.pace);
  return view;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".plane-network");
  const view = views.get(root) ?? viewIn(root, data);
  views.set(root, view);
  all.set(data.key, view);
  Object.assign(view, { data, address: data.address, send: setTriggerValue, failures: 0, theme: themeOf(root), pointLayer: null, featurePictures: {} });
  view.palettes = { sequential: paletteOf(view.theme.sequential), diverging: paletteOf(view.theme.diverging) };
  root.classList.toggle("is-second", data.isSecond);
  view.find(".title").textContent = data.title;
  takeNetwork(view, data);
  view.geometry = null;
  const stop = follow(data, (content) => takeContent(view, content));
  if (!data.isSecond) askOn(view);
  return () => { stop(); view.asking += 1; if (all.get(data.key) === view) all.delete(data.key); };
}
