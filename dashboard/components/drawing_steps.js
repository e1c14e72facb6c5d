// Shows the drawing and what each step makes of it; a switch leaves a step out.

const views = new WeakMap();

function boxWith(canvas) {
  const box = made("div", "box");
  box.append(canvas);
  return box;
}

function build(view, steps) {
  const original = made("div", "step");
  original.append(boxWith(made("canvas", "")), made("label", "", "Your drawing"));
  const boxes = steps.map(({ name, title, meaning }) => {
    const step = made("div", "step"), label = made("label", ""), input = document.createElement("input");
    Object.assign(input, { type: "checkbox", checked: true });
    input.addEventListener("change", () => view.send("switched", name));
    label.append(input, title);
    label.title = meaning;
    step.append(boxWith(made("canvas", "")), label);
    step.dataset.name = name;
    return step;
  });
  boxes.at(-1)?.append(made("small", "size"));
  view.root.replaceChildren(original, ...boxes);
  view.built = JSON.stringify(steps);
}

function show(view, { pictures, leftOut, size }) {
  const colors = themeOf(view.root).sequential;
  [...view.root.children].forEach((step, i) => {
    const canvas = step.querySelector("canvas"), input = step.querySelector("input"), isOff = leftOut.includes(step.dataset.name);
    const { shape: [height, width], bytes } = pictures[i];
    paintImage(canvas, bytes, [height, width], [colors[0], colors.at(-1)]);
    canvas.className = height >= width ? "tall" : "wide";
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `Picture ${i} of ${pictures.length - 1}`);
    step.classList.toggle("off", isOff);
    if (input) input.checked = !isOff;
  });
  view.root.querySelector(".size").textContent = size;
  view.root.dataset.drawn = String(+(view.root.dataset.drawn ?? 0) + 1);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".drawing-steps");
  const view = views.get(root) ?? { root };
  views.set(root, view);
  view.send = setTriggerValue;
  if (view.built !== JSON.stringify(data.steps)) build(view, data.steps);
  return follow(data, (content) => show(view, content));
}
