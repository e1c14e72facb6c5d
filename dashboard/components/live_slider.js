// A slider whose place goes to the server while it moves; what is new on the page comes back in
// the answer.

const REST_MS = 20; // between an answer and the next message, at the least
const REST_SHARE = 0.5; // of the time that the answer took
const sliders = new WeakMap();

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function say({ input, output, data }) {
  output.textContent = `${(input.value * data.step).toFixed(data.decimals)} ${data.unit}`;
  input.setAttribute("aria-valuetext", output.textContent);
}

async function tell(slider) {
  slider.isTelling = true;
  while (slider.isDirty) {
    slider.isDirty = false;
    const began = performance.now(), message = { slider: slider.data.name, position: Number(slider.input.value) };
    if (slider.failures < PATIENCE) await ask(slider, message);
    else slider.send("moved", message); // the page runs again: requests do not come through
    await pause(Math.max(REST_MS, REST_SHARE * (performance.now() - began)));
  }
  slider.isTelling = false;
}

async function ask(slider, message) {
  try {
    const answer = await fetch(slider.data.address, { method: "POST", body: JSON.stringify(message), cache: "no-store" });
    if (!answer.ok) throw new Error(answer.status);
    const news = await answer.json();
    slider.failures = 0;
    if (deliver(news.elements) || news.isOutdated) slider.send("outdated", true);
  } catch {
    slider.failures += 1;
    slider.isDirty = true;
  }
}

function sliderIn(root) {
  const find = (selector) => root.querySelector(selector);
  const slider = { input: find("input"), output: find("output"), words: find(".words"), failures: 0 };
  slider.input.addEventListener("input", () => {
    say(slider);
    slider.isDirty = true;
    if (!slider.isTelling) tell(slider);
  });
  return slider;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".live-slider");
  const slider = sliders.get(root) ?? sliderIn(root);
  sliders.set(root, slider);
  const isOther = slider.data?.name !== data.name || slider.data?.high !== data.high;
  Object.assign(slider, { data, send: setTriggerValue, failures: 0 });
  slider.words.textContent = data.label;
  Object.assign(slider.input, { min: data.low, max: data.high, step: 1 });
  slider.input.setAttribute("aria-label", data.label);
  if (isOther) slider.input.value = data.position; // else it is where the reader has it
  say(slider);
}
