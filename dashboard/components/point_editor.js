// An editor of points in the plane. A change that is finished goes to the server with all points;
// what the server puts there instead has another id, and can be taken back as well. Comes after symbols.js.

const EDGE = { left: 40, right: 12, top: 12, bottom: 40 }; // pixels around the plane
const SIZE = 5; // of a point, pixels from its middle
const TICKS = [-1, -0.5, 0, 0.5, 1];
const REACH = 0.1, SPRAY = 0.12, ERASER = 0.09; // radii in the plane
const SPRAY_STEP = 0.03, CURVE_STEP = 0.005; // between two points, at the least
const SPRAYED = 4; // points at once
const SHORTEST_CURVE = 0.2;
const KEY_STEP = 0.05, LONG_KEY_STEP = 0.25;
const MOST_UNDONE = 100;
const NO_POINT = "There is no point here.";
const editors = new WeakMap();

// ---- the points ----

const distance = ([x, y], [otherX, otherY]) => Math.hypot(x - otherX, y - otherY);
const nameOf = (editor, label) => editor.classes[label].name;
const written = (value) => value.toFixed(2).replace("-", "−");
const many = (n, what = "point") => `${n.toLocaleString("en-US")} ${what}${n === 1 ? "" : "s"}`;

function inPlane({ limit, digits }, place) {
  return place.map((value) => Number(Math.min(Math.max(value, -limit), limit).toFixed(digits)));
}

function nearest({ points }, place) {
  const distances = points.map((point) => distance(point, place)), least = Math.min(...distances);
  return least <= REACH ? distances.lastIndexOf(least) : -1;
}

// A list of points is never changed once it is among the old ones, so that it can be kept.
function put(editor, places) {
  const room = editor.mostPoints - editor.points.length;
  if (places.length > room) complain(editor, `There are ${many(editor.mostPoints)}, the most that are possible. Erase some to go on.`);
  if (room) editor.points = [...editor.points, ...places.slice(0, room).map((place) => [...inPlane(editor, place), editor.label])];
}

// As dense at every place of a disk.
function sprayed([x, y]) {
  const radius = SPRAY * Math.sqrt(Math.random()), angle = 2 * Math.PI * Math.random();
  return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
}

function erase(editor, place) {
  const left = editor.points.filter((point) => distance(point, place) > ERASER);
  if (left.length < editor.points.length) editor.points = left;
}

// ---- the tools: what they do where they are put down, and on their way ----

const TOOLS = {
  Add: {
    hint: "Click to add a point of the chosen class.",
    begin: (editor, place) => put(editor, [place]),
    extend() {},
  },
  Paint: {
    hint: "Drag to spray points of the chosen class.",
    radius: SPRAY,
    begin(editor, place) {
      editor.last = place;
      put(editor, Array.from({ length: SPRAYED }, () => sprayed(place)));
    },
    extend(editor, place) {
      if (distance(place, editor.last) < SPRAY_STEP) return;
      editor.last = place;
      put(editor, [sprayed(place)]);
    },
  },
  Move: {
    hint: "Drag a point to move it.",
    isHeld: ({ held }) => held >= 0,
    begin(editor, place) {
      editor.held = nearest(editor, place);
      say(editor, editor.held < 0 ? NO_POINT : `Holding a point of class ${nameOf(editor, editor.points[editor.held][2])}.`);
    },
    extend(editor, place) {
      if (editor.held >= 0) editor.points = editor.points.map((point, i) => (i === editor.held ? [...place, point[2]] : point));
    },
    finish(editor) {
      if (editor.held >= 0) say(editor, "The point is put down.");
    },
  },
  Erase: {
    hint: "Drag over points to erase them.",
    radius: ERASER,
    begin: erase,
    extend: erase,
    finish(editor) {
      if (editor.points === editor.before) say(editor, NO_POINT);
    },
  },
  Line: {
    hint: "Draw a curve from left to right. It replaces all points by random ones: class A above it, class B below.",
    isHeld: () => true,
    begin(editor, place) {
      editor.curve = [place];
      say(editor, "The curve begins here; move right, and press space at its end.");
    },
    extend(editor, place) {
      if (place[0] >= editor.curve.at(-1)[0] + CURVE_STEP) editor.curve.push(place);
    },
    finish(editor) {
      const { curve } = editor;
      if (curve.at(-1)[0] - curve[0][0] >= SHORTEST_CURVE) return tell(editor, { curve });
      editor.curve = null;
      complain(editor, "This curve is too short. Draw it from left to right, across the plane.");
    },
  },
};

function begin(editor, place) {
  Object.assign(editor, { isDown: true, before: editor.points, curve: null });
  complain(editor, "");
  TOOLS[editor.tool].begin(editor, place);
  changed(editor);
}

function finish(editor) {
  if (!editor.isDown) return;
  editor.isDown = false;
  TOOLS[editor.tool].finish?.(editor);
  if (editor.points !== editor.before) keep(editor, editor.before);
  changed(editor);
}

// ---- what is kept, said and sent ----

function remember(editor, before) {
  editor.past.push(before);
  if (editor.past.length > MOST_UNDONE) editor.past.shift();
}

function keep(editor, before) {
  remember(editor, before);
  const more = editor.points.length - before.length;
  if (more) say(editor, more > 0 ? `${many(more)} of class ${nameOf(editor, editor.label)} added.` : `${many(-more)} erased.`);
  tell(editor, { points: editor.points });
}

const tell = (editor, content) => editor.send("points", { id: editor.id, ...content });

function say(editor, words) {
  editor.words.textContent = words;
}

function complain(editor, problem) {
  editor.problem.textContent = problem;
}

function undo(editor) {
  if (!editor.past.length) return;
  Object.assign(editor, { isDown: false, curve: null, points: editor.past.pop() });
  complain(editor, "");
  say(editor, `Taken back: ${many(editor.points.length)}.`);
  tell(editor, { points: editor.points });
  changed(editor);
}

function clear(editor) {
  if (!editor.points.length) return;
  const before = editor.points;
  Object.assign(editor, { isDown: false, curve: null, points: [] });
  complain(editor, "");
  keep(editor, before);
  changed(editor);
}

function countWords({ points, classes }) {
  const counts = classes.map(({ name }, i) => [points.filter(([, , label]) => label === i).length, name]);
  const used = counts.filter(([count]) => count).map(([count, name]) => `${count} ${name}`);
  return points.length ? `${many(points.length)}: ${used.join(", ")}` : "No points yet";
}

function changed(editor) {
  paint(editor);
  editor.undo.disabled = !editor.past.length;
  editor.clear.disabled = !editor.points.length;
  editor.count.textContent = countWords(editor);
}

function chooseTool(editor, tool) {
  finish(editor);
  editor.tool = tool;
  editor.hint.textContent = TOOLS[tool].hint;
  for (const [name, button] of editor.toolButtons) button.setAttribute("aria-pressed", name === tool);
  paint(editor);
}

function chooseClass(editor, label) {
  editor.label = label;
  editor.classButtons.forEach((button, i) => button.setAttribute("aria-pressed", i === label));
  say(editor, `Class ${nameOf(editor, label)}.`);
}

// ---- the picture ----

function scaleOf({ canvas, limit }) {
  const pixels = (canvas.clientWidth - EDGE.left - EDGE.right) / (2 * limit); // of 1 in the plane
  return { pixels, x: (value) => EDGE.left + (value + limit) * pixels, y: (value) => EDGE.top + (limit - value) * pixels };
}

function paint(editor) {
  const { canvas, points } = editor, side = canvas.clientWidth, pixels = Math.round(side * devicePixelRatio);
  if (!pixels) return;
  if (canvas.width !== pixels) canvas.width = canvas.height = pixels;
  const context = canvas.getContext("2d"), theme = themeOf(editor.root), scale = scaleOf(editor);
  context.setTransform(pixels / side, 0, 0, pixels / side, 0, 0);
  context.clearRect(0, 0, side, side);
  paintAxes(context, editor, theme, scale);
  for (const point of points) paintPoint(context, editor, theme, scale, point);
  if (editor.curve) paintCurve(context, editor, theme, scale);
  if (editor.usesKeys || editor.isOver) paintCursor(context, editor, theme, scale);
}

function paintAxes(context, { limit, axes }, theme, { x, y }) {
  const [left, right, top, bottom] = [x(-limit), x(limit), y(limit), y(-limit)];
  context.font = `13px ${theme.font || "sans-serif"}`;
  context.fillStyle = theme.text;
  context.strokeStyle = theme.border;
  context.textBaseline = "middle";
  for (const tick of TICKS) {
    context.lineWidth = tick ? 1 : 2;
    context.beginPath();
    context.moveTo(x(tick), top);
    context.lineTo(x(tick), bottom);
    context.moveTo(left, y(tick));
    context.lineTo(right, y(tick));
    context.stroke();
    const text = String(tick).replace("-", "−");
    context.textAlign = "center";
    context.fillText(text, x(tick), bottom + 12);
    context.textAlign = "right";
    context.fillText(text, left - 6, y(tick));
  }
  context.lineWidth = 1;
  context.strokeRect(left, top, right - left, bottom - top);
  context.font = `15px ${theme.font || "sans-serif"}`;
  context.textAlign = "center";
  context.fillText(axes[0], x(0), bottom + 27);
  context.fillText(axes[1], 11, y(0.25));
}

function paintPoint(context, { classes, symbols }, theme, scale, [x, y, label]) {
  context.save();
  context.translate(scale.x(x), scale.y(y));
  context.scale(SIZE, SIZE);
  context.lineWidth = 2 / SIZE;
  context.strokeStyle = theme.background;
  context.fillStyle = theme.categorical[label];
  context.stroke(symbols[label]);
  context.fill(symbols[label]);
  context.restore();
}

function paintCurve(context, { curve, limit }, theme, scale) {
  context.strokeStyle = theme.text;
  context.lineWidth = 3;
  context.beginPath();
  context.moveTo(scale.x(-limit), scale.y(curve[0][1]));
  for (const [x, y] of curve) context.lineTo(scale.x(x), scale.y(y));
  context.stroke();
}

function paintCursor(context, { cursor, tool, usesKeys, isDown }, theme, scale) {
  const [x, y] = [scale.x(cursor[0]), scale.y(cursor[1])], { radius } = TOOLS[tool];
  context.strokeStyle = theme.primary;
  context.lineWidth = isDown ? 4 : 2;
  context.beginPath();
  if (radius) context.arc(x, y, radius * scale.pixels, 0, 2 * Math.PI);
  if (usesKeys) {
    context.moveTo(x - 10, y);
    context.lineTo(x + 10, y);
    context.moveTo(x, y - 10);
    context.lineTo(x, y + 10);
  }
  context.stroke();
}

// ---- pointers and keys ----

// Once there was a pen, fingers and palms are none.
function isMeant(editor, event) {
  if (event.pointerType === "pen") editor.hasPen = true;
  return event.isPrimary && event.button <= 0 && !(editor.hasPen && event.pointerType === "touch");
}

function placeOf(editor, event) {
  const box = editor.canvas.getBoundingClientRect(), { pixels } = scaleOf(editor);
  const [x, y] = [event.clientX - box.left - editor.canvas.clientLeft, event.clientY - box.top - editor.canvas.clientTop];
  return inPlane(editor, [(x - EDGE.left) / pixels - editor.limit, editor.limit - (y - EDGE.top) / pixels]);
}

function listenToPointers(editor) {
  const { canvas } = editor;
  canvas.addEventListener("pointerdown", (event) => {
    if (!isMeant(editor, event)) return;
    finish(editor);
    canvas.setPointerCapture(event.pointerId);
    Object.assign(editor, { pointer: event.pointerId, usesKeys: false, cursor: placeOf(editor, event) });
    begin(editor, editor.cursor);
  });
  canvas.addEventListener("pointermove", (event) => {
    const isDrawing = editor.isDown && event.pointerId === editor.pointer;
    if (isDrawing) for (const each of coalesced(event)) TOOLS[editor.tool].extend(editor, placeOf(editor, each));
    if (editor.usesKeys) return;
    editor.isOver = event.pointerType !== "touch" || isDrawing;
    editor.cursor = placeOf(editor, event);
    if (isDrawing) changed(editor);
    else paint(editor);
  });
  canvas.addEventListener("pointerleave", () => { editor.isOver = false; paint(editor); });
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) {
    canvas.addEventListener(name, (event) => { if (event.pointerId === editor.pointer) { editor.pointer = null; finish(editor); } });
  }
  canvas.addEventListener("touchmove", (event) => event.preventDefault(), { passive: false }); // for old browsers
}

function coalesced(event) {
  const events = event.getCoalescedEvents?.() ?? [];
  return events.length ? events : [event];
}

const ARROWS = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

function moveByKeys(editor, [right, up], step) {
  editor.cursor = inPlane(editor, [editor.cursor[0] + right * step, editor.cursor[1] + up * step]);
  if (editor.isDown) TOOLS[editor.tool].extend(editor, editor.cursor);
  const found = editor.points[nearest(editor, editor.cursor)];
  say(editor, editor.cursor.map(written).join(", ") + (found ? `, near a point of class ${nameOf(editor, found[2])}` : ""));
  changed(editor);
}

function useTool(editor) {
  if (editor.isDown) return finish(editor);
  begin(editor, editor.cursor);
  if (!TOOLS[editor.tool].isHeld?.(editor)) finish(editor);
}

// Returns whether the key means something here.
function useKey(editor, event) {
  const key = event.key.toLowerCase(), label = Number(key) - 1;
  const tool = Object.keys(TOOLS).find((name) => name[0].toLowerCase() === key);
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (event.key in ARROWS) moveByKeys(editor, ARROWS[event.key], event.shiftKey ? LONG_KEY_STEP : KEY_STEP);
  else if (key === " ") { if (!event.repeat) useTool(editor); }
  else if (key === "z" && !event.altKey) undo(editor);
  else if (key === "c" && isPlain) clear(editor);
  else if (tool && isPlain) chooseTool(editor, tool);
  else if (editor.classes[label] && isPlain) chooseClass(editor, label);
  else return false;
  return true;
}

function listenToKeys(editor) {
  editor.canvas.addEventListener("keydown", (event) => {
    if (event.key === "Tab" || event.key === "Shift") return;
    editor.usesKeys = true;
    if (!useKey(editor, event)) return;
    paint(editor);
    event.preventDefault();
    event.stopPropagation();
  });
  editor.canvas.addEventListener("blur", () => { editor.usesKeys = false; if (editor.pointer === null) finish(editor); paint(editor); });
}

// ---- the buttons ----

function madeButton(parent, text, title, onClick) {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: text, title });
  button.addEventListener("click", onClick);
  parent.append(button);
  return button;
}

function madeClassButton(editor, parent, { name, symbol }, label) {
  const button = madeButton(parent, name, `Class ${name} (${label + 1})`, () => chooseClass(editor, label));
  button.setAttribute("aria-label", `Class ${name}`);
  button.insertAdjacentHTML("afterbegin", `<svg viewBox="-1.5 -1.5 3 3" aria-hidden="true"><path d="${OUTLINES[symbol]}"/></svg>`);
  return button;
}

function editorIn(root, data) {
  const find = (selector) => root.querySelector(selector);
  const editor = { root, canvas: find("canvas"), undo: find(".undo"), clear: find(".clear"), count: find(".count"), hint: find(".hint"),
    words: find(".words"), problem: find(".problem"), classes: data.classes, axes: data.axes, limit: data.limit, digits: data.digits,
    mostPoints: data.mostPoints, points: [], past: [], curve: null, isDown: false, pointer: null, held: -1, cursor: [0, 0], usesKeys: false, isOver: false };
  editor.symbols = data.classes.map(({ symbol }) => SYMBOLS[symbol]);
  editor.classButtons = data.classes.map((each, i) => madeClassButton(editor, find(".classes"), each, i));
  editor.toolButtons = Object.keys(TOOLS).map((tool) => [tool, madeButton(find(".tools"), tool, `${TOOLS[tool].hint} (${tool[0]})`, () => chooseTool(editor, tool))]);
  editor.canvas.setAttribute("aria-label", "The plane. Arrow keys move the cursor, with Shift farther. Space uses the tool. Digits choose the class; A, P, M, E and L the tool. Z takes the last change back, C takes all points away.");
  editor.undo.addEventListener("click", () => undo(editor));
  editor.clear.addEventListener("click", () => clear(editor));
  listenToPointers(editor);
  listenToKeys(editor);
  new ResizeObserver(() => paint(editor)).observe(editor.canvas);
  chooseClass(editor, 0);
  chooseTool(editor, "Add");
  return editor;
}

function replace(editor, { id, points }) {
  if (editor.id !== undefined) {
    remember(editor, editor.points);
    say(editor, `Now there are ${many(points.length)}.`);
  }
  Object.assign(editor, { id, points, curve: null, isDown: false });
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".point-editor");
  let editor = editors.get(root);
  if (!editor) editors.set(root, (editor = editorIn(root, data)));
  editor.send = setTriggerValue;
  if (editor.id !== data.id) replace(editor, data);
  if (data.problem) complain(editor, data.problem); // else what was said here stays
  const { categorical } = themeOf(root);
  editor.classButtons.forEach((button, i) => { button.querySelector("path").style.fill = categorical[i]; });
  changed(editor);
}
