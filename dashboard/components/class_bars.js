// Shows the answer of a network at large, with a bar for each class; of several, a small one each.

const LONG = 3; // letters of an answer that is no digit
const PRESENT = 0.995; // of a share that is written without decimals

function made(className, text = "") {
  return Object.assign(document.createElement("div"), { className, textContent: text });
}

function barOf(share, isChosen, side, colors) {
  const bar = made("bar"), fill = document.createElement("div");
  fill.style[side] = `${(100 * share).toFixed(1)}%`;
  bar.style.setProperty("--fill", isChosen ? colors[0] : colors.at(-1));
  bar.append(fill);
  return bar;
}

const written = (share) => (share >= PRESENT || share < 0.001 ? (100 * share).toFixed(0) : (100 * share).toFixed(1));

function wideBars({ names, shares, chosen }, colors) {
  const bars = made("bars");
  names.forEach((name, i) => {
    const mark = i === chosen ? " chosen" : "";
    bars.append(made(`name${mark}`, name), barOf(shares[i], i === chosen, "width", colors), made(`share${mark}`, `${written(shares[i])} %`));
  });
  return bars;
}

function smallBars({ names, shares, chosen }, colors) {
  const bars = made("bars");
  names.forEach((name, i) => {
    const one = made("one");
    one.append(barOf(shares[i], i === chosen, "height", colors), made(i === chosen ? "name chosen" : "name", name));
    one.title = `${name}: ${written(shares[i])} %`;
    bars.append(one);
  });
  return bars;
}

function show(root, { answers }) {
  const colors = themeOf(root).categorical;
  const isOne = answers.length === 1;
  root.classList.toggle("several", !isOne);
  root.replaceChildren(...answers.map((answer) => {
    const box = made("answer"), said = made(answer.answer.length > LONG ? "said long" : "said", answer.answer);
    box.setAttribute("role", "img");
    box.setAttribute("aria-label", [answer.title, `says ${answer.answer}:`, answer.how, answer.note].join(" "));
    const bars = (isOne ? wideBars : smallBars)(answer, colors);
    box.append(made("title", answer.title), said, made("how", answer.how), bars, made("note", answer.note));
    return box;
  }));
  root.dataset.drawn = String(+(root.dataset.drawn ?? 0) + 1);
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".class-bars");
  return follow(data, (content) => show(root, content));
}
