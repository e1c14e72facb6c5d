// Draws a Plotly figure in place: a second call with other data keeps zoom and legend.

let loading;

function loadPlotly(address) {
  loading ??= new Promise((resolve, reject) => {
    if (window.Plotly) return resolve(window.Plotly);
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => { loading = undefined; reject(new Error("plotly.js did not load")); };
    document.head.append(script);
  });
  return loading;
}

function themed(layout, height, styles) {
  const read = (name) => styles.getPropertyValue(name).trim();
  const line = read("--st-border-color");
  const axis = { gridcolor: line, zerolinecolor: line, showspikes: false };
  return {
    ...layout,
    height,
    paper_bgcolor: "rgba(0, 0, 0, 0)",
    plot_bgcolor: "rgba(0, 0, 0, 0)",
    font: { ...layout.font, color: read("--st-text-color"), family: read("--st-font") },
    colorway: read("--st-chart-categorical-colors").split(",").map((color) => color.trim()),
    hoverlabel: { bgcolor: read("--st-secondary-background-color"), font: { color: read("--st-text-color") } },
    xaxis: { ...axis, ...layout.xaxis },
    yaxis: { ...axis, ...layout.yaxis },
  };
}

export default function ({ data, parentElement }) {
  const element = parentElement.querySelector(".live-chart");
  const figure = JSON.parse(data.figure);
  const config = { ...data.toolbar, displayModeBar: "hover", responsive: true };
  element.setAttribute("aria-label", data.alt);
  element.dataset.points = Math.max(0, ...figure.data.map((trace) => trace.meta?.points ?? 0));
  loadPlotly(data.script).then((Plotly) => {
    if (!element.isConnected) return;
    const layout = themed(figure.layout, data.height, getComputedStyle(element));
    Plotly.react(element, figure.data, layout, config);
  });
  return () => window.Plotly?.purge(element);
}
