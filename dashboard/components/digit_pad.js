// A pad to draw on. While the pen moves, all strokes go to the server again and again, and what is
// new on the page comes back in the answer.

const NEAR = 1.5; // units of the pad: of points as near as that, one is enough
const FULL_PRESSURE = 1.6, LEAST_PRESSURE = 0.4; // times the thickness
const PALM = 60; // pixels: what is as wide as that is no finger
const KEY_STEP = 7, LONG_KEY_STEP = 28; // units
const MOST_UNDONE = 100;
const pads = new WeakMap();

// ---- what is drawn ----

function penWidth(pad, event) {
  if (event.pointerType !== "pen" || !event.pressure) return pad.thickness;
  return pad.thickness * (LEAST_PRESSURE + event.pressure * (FULL_PRESSURE - LEAST_PRESSURE));
}

function pointOf(pad, event) {
  const box = pad.canvas.getBoundingClientRect(), scale = pad.side / box.width;
  return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale, penWidth(pad, event)].map((value) => Math.round(10 * value) / 10);
}

const isNear = ([x, y], [otherX, otherY]) => Math.hypot(x - otherX, y - otherY) < NEAR;
const inside = (pad, value) => Math.min(Math.max(value, 0), pad.side);

// Strokes are never changed once they are among the old ones, so that a list of them can be kept.
function change(pad, strokes) {
  pad.past.push(pad.strokes);
  if (pad.past.length > MOST_UNDONE) pad.past.shift();
  pad.strokes = strokes;
}

function begin(pad, point) {
  if (pad.strokes.reduce((sum, stroke) => sum + stroke.length, 0) > pad.mostPoints) {
    pad.problem.textContent = "The pad is full of strokes. Clear it to go on.";
    return;
  }
  change(pad, [...pad.strokes, [point]]);
  pad.isDown = true;
  changed(pad);
}

function extend(pad, point) {
  const stroke = pad.strokes.at(-1), limited = [inside(pad, point[0]), inside(pad, point[1]), point[2]];
  if (!isNear(stroke.at(-1), limited)) stroke.push(limited);
}

function lift(pad) {
  if (!pad.isDown) return;
  pad.isDown = false;
  changed(pad);
}

function undo(pad) {
  if (!pad.past.length) return;
  pad.isDown = false;
  pad.strokes = pad.past.pop();
  changed(pad);
}

function clear(pad) {
  if (!pad.strokes.length) return;
  pad.isDown = false;
  change(pad, []);
  changed(pad);
}

// ---- the picture ----

function paint(pad) {
  const { canvas, side } = pad, pixels = Math.round(canvas.clientWidth * devicePixelRatio);
  if (!pixels) return;
  if (canvas.width !== pixels) canvas.width = canvas.height = pixels;
  const context = canvas.getContext("2d"), theme = themeOf(pad.root);
  context.setTransform(pixels / side, 0, 0, pixels / side, 0, 0);
  context.clearRect(0, 0, side, side);
  context.fillStyle = context.strokeStyle = theme.text;
  context.lineCap = "round";
  if (!pad.strokes.length) hint(context, side, theme);
  for (const stroke of pad.strokes) {
    stroke.forEach(([x, y, width], i) => {
      const [fromX, fromY, before] = stroke[Math.max(0, i - 1)];
      context.lineWidth = (width + before) / 2;
      context.beginPath();
      context.moveTo(fromX, fromY);
      context.lineTo(x + (i ? 0 : 0.01), y);
      context.stroke();
    });
  }
  if (pad.usesKeys) cross(context, pad, theme);
}

function hint(context, side, { font }) {
  context.save();
  context.globalAlpha = 0.55;
  context.font = `20px ${font || "sans-serif"}`;
  context.textAlign = "center";
  context.fillText("Draw a digit here", side / 2, side / 2);
  context.restore();
}

function cross(context, { cursor: [x, y], isDown }, { primary }) {
  context.save();
  context.strokeStyle = primary;
  context.lineWidth = isDown ? 5 : 2;
  context.beginPath();
  context.moveTo(x - 12, y);
  context.lineTo(x + 12, y);
  context.moveTo(x, y - 12);
  context.lineTo(x, y + 12);
  context.stroke();
  context.restore();
}

function changed(pad) {
  paint(pad);
  pad.undo.disabled = !pad.past.length;
  pad.clear.disabled = !pad.strokes.length;
  tellSoon(pad);
}

// ---- pointers and keys ----

// Once there was a pen, fingers and palms are none.
function draws(pad, event) {
  if (event.pointerType === "pen") pad.hasPen = true;
  const isPalm = event.pointerType === "touch" && (pad.hasPen || Math.max(event.width, event.height) > PALM);
  return event.isPrimary && event.button <= 0 && !isPalm;
}

function listenToPointers(pad) {
  const { canvas } = pad;
  canvas.addEventListener("pointerdown", (event) => {
    if (!draws(pad, event)) return;
    canvas.setPointerCapture(event.pointerId);
    pad.pointer = event.pointerId;
    pad.usesKeys = false;
    begin(pad, pointOf(pad, event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!pad.isDown || event.pointerId !== pad.pointer) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) extend(pad, pointOf(pad, each));
    changed(pad);
  });
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) {
    canvas.addEventListener(name, (event) => { if (event.pointerId === pad.pointer) { pad.pointer = null; lift(pad); } });
  }
  canvas.addEventListener("touchmove", (event) => event.preventDefault(), { passive: false }); // for old browsers
}

const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

function moveByKeys(pad, [right, down], step) {
  pad.usesKeys = true;
  pad.cursor = [inside(pad, pad.cursor[0] + right * step), inside(pad, pad.cursor[1] + down * step)];
  if (!pad.isDown) return paint(pad);
  extend(pad, [...pad.cursor, pad.thickness]);
  changed(pad);
}

function useKeys(pad) {
  pad.usesKeys = true;
  if (pad.isDown) lift(pad);
  else begin(pad, [...pad.cursor, pad.thickness]);
  pad.words.textContent = pad.isDown ? "The pen is down." : "The pen is up.";
}

function setThickness(pad, thickness) {
  pad.range.value = thickness;
  pad.thickness = Number(pad.range.value);
}

function listenToKeys(pad) {
  pad.canvas.addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    if (event.key in ARROWS) moveByKeys(pad, ARROWS[event.key], event.shiftKey ? LONG_KEY_STEP : KEY_STEP);
    else if (event.key === " " && !event.repeat) useKeys(pad);
    else if (key === "z" && !event.altKey) undo(pad);
    else if ((key === "c" && !event.ctrlKey && !event.metaKey) || key === "delete" || key === "backspace") clear(pad);
    else if (key === "+" || key === "=") setThickness(pad, pad.thickness + 2);
    else if (key === "-") setThickness(pad, pad.thickness - 2);
    else if (event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
  });
  pad.canvas.addEventListener("blur", () => { pad.usesKeys = false; if (pad.pointer === null) lift(pad); paint(pad); });
}

function padIn(root, { side, pen, mostPoints }) {
  const find = (selector) => root.querySelector(selector);
  const pad = { root, side, mostPoints, canvas: find("canvas"), undo: find(".undo"), clear: find(".clear"), range: find("input"), words: find(".words"),
    problem: find(".problem"), past: [], strokes: [], isDown: false, pointer: null, cursor: [side / 2, side / 4], failures: 0, usesKeys: false };
  pad.message = () => ({ id: pad.id, strokes: pad.strokes, isDown: pad.isDown });
  pad.rerun = (message) => { if (!message.isDown) pad.send("drawing", message); }; // once the pen rests
  pad.canvas.setAttribute("aria-label", "A pad to draw on. Arrow keys move the pen, with Shift farther. Space puts it down and lifts it. Z takes the last stroke back, C wipes the pad.");
  setThickness(pad, pen);
  pad.range.addEventListener("input", () => setThickness(pad, pad.range.value));
  pad.undo.addEventListener("click", () => undo(pad));
  pad.clear.addEventListener("click", () => clear(pad));
  listenToPointers(pad);
  listenToKeys(pad);
  new ResizeObserver(() => paint(pad)).observe(pad.canvas);
  return pad;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".digit-pad");
  let pad = pads.get(root);
  if (!pad) pads.set(root, (pad = padIn(root, data)));
  Object.assign(pad, { send: setTriggerValue, address: data.address, failures: 0 });
  if (pad.id !== data.id) Object.assign(pad, { id: data.id, strokes: data.strokes, past: [], isDown: false });
  pad.problem.textContent = "";
  pad.undo.disabled = !pad.past.length;
  pad.clear.disabled = !pad.strokes.length;
  paint(pad);
}
