// Draws a Plotly figure in place: a second call with other data keeps zoom and legend. A live
// chart also draws what live_feed.js says has changed since the figure was sent in full.

const charts = new WeakMap(); // element -> what is known of the chart in it

// Returns the Plotly that a script brings; a page may need two of them, see chart.py.
function loadPlotly(address) {
  const loading = (window.plotlyScripts ??= {});
  loading[address] ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => { delete loading[address]; reject(new Error("plotly.js did not load")); };
    document.head.append(script);
  });
  return loading[address];
}

// Black or white: whichever stands out more from a place, 00 to ff, of a scale of colors.
function readableOn(colors, place) {
  const position = (parseInt(place, 16) / 255) * (colors.length - 1);
  const i = Math.min(Math.floor(position), colors.length - 2);
  const light = [1, 3, 5].map((start) => {
    const [low, high] = [colors[i], colors[i + 1]].map((one) => parseInt(one.slice(start, start + 2), 16));
    const share = (low + (position - i) * (high - low)) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]; // as WCAG 2 has it
  return luminance > 0.179 ? "#000000" : "#ffffff";
}

// "var(--theme-3)" stands for the fourth categorical color, "var(--theme-3_26)" for the same, seen
// through (26 of ff), "var(--theme-text)" for the color of words, "var(--theme-coloraxis_80)" for
// letters in the middle of a color axis.
function paint(value, theme) {
  if (typeof value === "string") {
    const [, name, opacity = ""] = /^var\(--theme-([a-z]+2?|\d+)(?:_(\w\w))?\)$/.exec(value) ?? [];
    if (name === undefined) return value;
    if (name === "coloraxis") return readableOn(theme.sequential, opacity);
    if (name === "coloraxis2") return readableOn(theme.diverging, opacity);
    return (theme[name] ?? theme.categorical[name % theme.categorical.length]) + opacity;
  }
  if (Array.isArray(value)) return value.map((item) => paint(item, theme));
  if (value === null || typeof value !== "object" || "bdata" in value || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, paint(item, theme)]));
}

// Where a finger drags, the page is to scroll.
const dragged = () => (matchMedia("(hover: none)").matches ? { dragmode: false } : {});

const scale = (colors) => colors.map((color, i) => [i / (colors.length - 1), color]);

// On a projector, letters are larger, and so is the room for them: by this factor.
const zoom = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
const legible = (words) => (words?.font?.size ? { ...words, font: { ...words.font, size: zoom() * words.font.size } } : words);
const enlarged = (sizes) => Object.fromEntries(Object.entries(sizes ?? {}).map(([key, size]) => [key, zoom() * size]));

function themed(layout, theme) {
  const axis = { gridcolor: theme.border, zerolinecolor: theme.border, showspikes: false };
  const axes = Object.keys(layout).filter((name) => /^[xy]axis\d*$/.test(name));
  const painted = paint(layout, theme);
  const own = Object.fromEntries(axes.map((name) => [name, { ...axis, ...painted[name] }]));
  return {
    xaxis: axis,
    yaxis: axis,
    ...painted,
    ...own,
    ...dragged(),
    margin: enlarged(painted.margin),
    annotations: painted.annotations?.map(legible),
    title: legible(painted.title),
    legend: legible(painted.legend),
    paper_bgcolor: "rgba(0, 0, 0, 0)",
    plot_bgcolor: "rgba(0, 0, 0, 0)",
    font: { ...painted.font, size: zoom() * (painted.font?.size ?? 14), color: theme.text, family: theme.font },
    colorway: theme.categorical,
    coloraxis: { ...painted.coloraxis, colorscale: scale(theme.sequential) },
    coloraxis2: { ...painted.coloraxis2, colorscale: scale(theme.diverging) },
    modebar: { bgcolor: theme.background, color: theme.text, activecolor: theme.primary },
    hoverlabel: { bgcolor: theme.secondary, bordercolor: theme.border, font: { color: theme.text } },
  };
}

const TYPES = {
  f8: Float64Array, f4: Float32Array, i4: Int32Array, u4: Uint32Array,
  i2: Int16Array, u2: Uint16Array, i1: Int8Array, u1: Uint8Array,
};

function decoded(values) {
  if (!values.bdata) return values;
  return new TYPES[values.dtype](bytesOf(values.bdata).buffer);
}

// Puts items into a list, or into a row of numbers, in the place of some others.
function spliced(values, { from, drop, items }) {
  const old = decoded(values);
  const parts = [old.slice(0, from), decoded(items), old.slice(from + drop)];
  if (Array.isArray(old)) return parts.flatMap((part) => [...part]);
  const joined = new old.constructor(parts.reduce((length, part) => length + part.length, 0));
  joined.set(parts[0]);
  joined.set(parts[1], from);
  joined.set(parts[2], from + parts[1].length);
  return joined;
}

// Carries out one change of charts/changes.py on a copy, which shares all else.
function changed(whole, { at: [key, ...rest], ...change }) {
  const copy = Array.isArray(whole) ? [...whole] : { ...whole };
  if (rest.length) copy[key] = changed(whole[key], { at: rest, ...change });
  else if ("value" in change) copy[key] = change.value;
  else if ("items" in change) copy[key] = spliced(whole[key], change);
  else delete copy[key];
  return copy;
}

// The tab key goes past the toolbar, to the next control of the page.
function skipToolbar(element) {
  for (const button of element.querySelectorAll(".modebar-btn")) button.tabIndex = -1;
}

// Puts the toolbar where it covers no words: above, beside the title of the axis, or below.
function placeToolbar(element) {
  const toolbar = element.querySelector(".modebar");
  if (!toolbar) return;
  const chart = element.getBoundingClientRect();
  const { width, height } = toolbar.getBoundingClientRect();
  const words = [...element.querySelectorAll("text")].map((text) => text.getBoundingClientRect());
  const axis = element.querySelector(".g-xtitle text")?.getBoundingClientRect();
  const beside = axis ? (axis.top + axis.bottom - height) / 2 - chart.top : 2;
  const places = [2, beside, chart.height - height - 2];
  const isFree = (place) => words.every(({ right, top, bottom }) =>
    right < chart.right - width || bottom < chart.top + place || top > chart.top + place + height);
  element.style.setProperty("--toolbar-top", `${places.find(isFree) ?? places[2]}px`);
}

// What live_feed.js has been told of this drawing; nothing, if it is about another one.
function toldOf({ key, drawing }) {
  const { told } = live(key);
  return told?.drawing === drawing ? told : { number: 0, changes: [] };
}

// plotly.js takes the browser long: whatever is quicker to draw comes before a first chart.
const pause = () => new Promise((resolve) => setTimeout(resolve, 150));

async function draw(element, chart) {
  const data = chart.data;
  if (!chart.content) await pause();
  const Plotly = await loadPlotly(data.script);
  const { clientWidth: width, clientHeight: height } = element;
  if (!element.isConnected || !width) return; // it is drawn when it is seen
  chart.Plotly = Plotly;
  const theme = themeOf(element);
  const { number, changes } = toldOf(data);
  const content = `${data.figure} ${width} ${height} ${zoom()} ${number} ${JSON.stringify(theme)}`;
  if (chart.content === content) return; // nothing new: drawing takes the browser far longer
  chart.content = content;
  if (chart.source !== data.figure) {
    chart.source = data.figure;
    chart.whole = JSON.parse(data.figure);
  }
  const figure = changes.reduce(changed, chart.whole);
  element.dataset.points = Math.max(0, ...figure.data.map((trace) => trace.meta?.points ?? 0));
  const config = { ...data.toolbar, displayModeBar: "hover" };
  const layout = { ...themed(figure.layout, theme), width, height };
  await Plotly.react(element, paint(figure.data, theme), layout, config);
  element.dataset.drawn = "true";
  skipToolbar(element);
  if (chart.listens) return;
  chart.listens = true;
  element.on("plotly_afterplot", () => skipToolbar(element));
  element.onpointerenter = () => placeToolbar(element);
  element.on("plotly_click", ({ points: [point] }) => {
    const index = [point.pointNumber].flat();
    if (index.every(Number.isInteger)) chart.send("click", { trace: point.curveNumber, index });
  });
}

// One drawing after the other: a chart that is thrown away while it is being drawn raises errors.
function drawSoon(element, chart) {
  chart.done = chart.done.then(() => draw(element, chart)).catch(console.warn);
}

const sizes = new ResizeObserver((entries) => entries.forEach(({ target }) => drawSoon(target, charts.get(target))));

export default function ({ data, parentElement, setTriggerValue }) {
  const element = parentElement.querySelector(".chart");
  const chart = charts.get(element) ?? { done: Promise.resolve(), listens: false };
  charts.set(element, chart);
  chart.data = data;
  chart.send = data.clickable ? setTriggerValue : () => {};
  element.classList.toggle("clickable", data.clickable);
  element.setAttribute("aria-label", data.alt);
  element.style.height = `max(${data.height}px, calc(${data.fill} * var(--room, 0px)))`;
  element.dataset.drawing = data.drawing;
  const own = live(data.key);
  own.redraw = chart.redraw = () => {
    own.misfits = own.told.drawing === chart.data.drawing ? 0 : own.misfits + 1;
    drawSoon(element, chart);
  };
  drawSoon(element, chart);
  sizes.observe(element);
  return () => {
    sizes.unobserve(element);
    if (own.redraw === chart.redraw) delete own.redraw;
    chart.done = chart.done.then(() => { chart.Plotly?.purge(element); chart.listens = false; chart.content = ""; });
  };
}
