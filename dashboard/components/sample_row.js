// Shows samples as small pictures, each with what the network says to it now. A click chooses one.

const rows = new WeakMap();

// Images as ink; other samples as bars, one a feature, up or down from the middle.
function drawSample(canvas, sample, shape, colors) {
  const values = bytesOf(sample), [height, width] = shape ?? [32, values.length];
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  context.fillStyle = colors.sequential[0];
  context.fillRect(0, 0, width, height);
  values.forEach((value, i) => {
    if (shape) {
      context.globalAlpha = value / 255;
      context.fillStyle = colors.sequential.at(-1);
      context.fillRect(i % width, Math.floor(i / width), 1, 1);
    } else {
      const size = ((value - 128) / 127) * (height / 2);
      context.fillStyle = colors.diverging[size < 0 ? 1 : 8];
      context.fillRect(i, height / 2, 1, -size);
    }
  });
  context.globalAlpha = 1;
}

function buttonOf(row, i) {
  while (row.root.children.length <= i) {
    const button = Object.assign(document.createElement("button"), { type: "button" });
    const says = Object.assign(document.createElement("div"), { className: "says" });
    button.append(document.createElement("canvas"), says);
    const place = row.root.children.length;
    button.addEventListener("click", () => { mark(row, place); row.send("chosen", place); });
    row.root.append(button);
  }
  return row.root.children[i];
}

function mark(row, chosen) {
  [...row.root.children].forEach((button, i) => button.setAttribute("aria-pressed", i === chosen));
}

function show(row, { answers, count }) {
  row.count.textContent = count;
  answers.forEach(({ says, sign, words }, i) => {
    const button = buttonOf(row, i), line = button.querySelector(".says");
    line.replaceChildren(Object.assign(document.createElement("b"), { textContent: sign }), ` ${says}`);
    line.classList.toggle("wrong", sign === "✗");
    button.setAttribute("aria-label", words);
    button.title = words;
  });
  row.root.dataset.drawn = String(+(row.root.dataset.drawn ?? 0) + 1);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".sample-row");
  let row = rows.get(root);
  if (!row) {
    row = { root, count: parentElement.querySelector(".count") };
    rows.set(root, row);
    parentElement.querySelector(".others").addEventListener("click", () => row.send("others", true));
  }
  row.send = setTriggerValue;
  const colors = themeOf(root);
  while (root.children.length > data.samples.length) root.lastChild.remove();
  data.samples.forEach((sample, i) => drawSample(buttonOf(row, i).querySelector("canvas"), sample, data.shape, colors));
  parentElement.querySelector(".title").textContent = data.title;
  mark(row, data.chosen);
  return follow(data, (content) => show(row, content));
}
