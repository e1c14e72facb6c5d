// A slider over the epochs that are there. It follows the newest one until the reader moves it,
// and tells the page where to look, not more often than the page can answer.

const WAIT_MS = 120; // after the last movement
const HOLD_MS = 1500; // so long the reader's place counts more than what the server says
const sliders = new WeakMap();

function show(slider, content) {
  const { input, button, note } = slider;
  slider.content = content;
  const isHeld = performance.now() < slider.movedAt + HOLD_MS && content.epoch !== +input.value;
  input.max = content.last;
  input.disabled = content.last === 0;
  if (!isHeld) input.value = content.epoch;
  button.hidden = !content.hasFilm;
  button.disabled = !content.canPlay;
  button.textContent = content.isPlaying ? "❚❚" : "▶";
  button.setAttribute("aria-label", content.isPlaying ? "Stop the film" : "Play the training as a film");
  button.title = button.getAttribute("aria-label");
  note.textContent = content.note;
  say(slider);
}

function say({ input, words, content }) {
  const which = +input.value === content.newest ? content.newestWords : "";
  words.textContent = `Epoch ${input.value} of ${content.last}${which}`;
  input.setAttribute("aria-valuetext", words.textContent);
}

function listen(slider) {
  slider.input.addEventListener("input", () => {
    slider.movedAt = performance.now();
    say(slider);
    clearTimeout(slider.timer);
    slider.timer = setTimeout(() => slider.send("epoch", { epoch: +slider.input.value, newest: slider.content.newest }), WAIT_MS);
  });
  slider.button.addEventListener("click", () => slider.send("film", !slider.content.isPlaying));
}

export default function ({ data, parentElement, setTriggerValue }) {
  const input = parentElement.querySelector("input");
  let slider = sliders.get(input);
  if (!slider) {
    const find = (selector) => parentElement.querySelector(selector);
    slider = { input, button: find("button"), words: find(".where"), note: find(".note"), movedAt: -HOLD_MS };
    sliders.set(input, slider);
    listen(slider);
  }
  slider.send = setTriggerValue;
  return follow(data, (content) => show(slider, content));
}
