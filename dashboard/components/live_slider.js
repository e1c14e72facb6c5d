// A slider whose place goes to the server while it moves; what is new on the page comes back in
// the answer.

const sliders = new WeakMap();

function say({ input, output, data }) {
  output.textContent = `${(input.value * data.step).toFixed(data.decimals)} ${data.unit}`;
  input.setAttribute("aria-valuetext", output.textContent);
}

function sliderIn(root) {
  const find = (selector) => root.querySelector(selector);
  const slider = { root, input: find("input"), output: find("output"), words: find(".words"), failures: 0 };
  slider.message = () => ({ slider: slider.data.name, position: Number(slider.input.value) });
  slider.rerun = (message) => slider.send("moved", message);
  slider.input.addEventListener("input", () => {
    say(slider);
    tellSoon(slider);
  });
  return slider;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".live-slider");
  const slider = sliders.get(root) ?? sliderIn(root);
  sliders.set(root, slider);
  const isOther = slider.data?.name !== data.name || slider.data?.high !== data.high;
  Object.assign(slider, { data, address: data.address, send: setTriggerValue, failures: 0 });
  slider.words.textContent = data.label;
  Object.assign(slider.input, { min: data.low, max: data.high, step: 1 });
  slider.input.setAttribute("aria-label", data.label);
  if (isOther) slider.input.value = data.position; // else it is where the reader has it
  say(slider);
}
