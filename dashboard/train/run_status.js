// Shows progress and scores as text: what comes from the server is never markup.

function scoreOf(parent, i) {
  while (parent.children.length <= i) {
    const score = Object.assign(document.createElement("div"), { className: "score" });
    const label = Object.assign(document.createElement("div"), { className: "label" });
    const help = Object.assign(document.createElement("span"), { textContent: "?", tabIndex: 0 });
    label.append(new Text(), help);
    score.append(label, Object.assign(document.createElement("div"), { className: "value" }));
    parent.append(score);
  }
  return parent.children[i];
}

function show(root, content) {
  const find = (selector) => root.querySelector(selector);
  const percent = Math.round(1000 * content.fraction) / 10;
  find(".progress").dataset.tone = content.tone;
  find(".words").textContent = content.words;
  find(".changed").textContent = content.changed;
  find(".track").setAttribute("aria-valuenow", percent);
  find(".track").setAttribute("aria-label", content.words);
  find(".track > div").style.width = `${percent}%`;
  content.scores.forEach(({ label, value, meaning }, i) => {
    const score = scoreOf(find(".scores"), i);
    score.querySelector(".label").firstChild.data = label;
    score.querySelector(".value").textContent = value;
    const help = score.querySelector("span");
    help.title = meaning;
    help.onclick = () => { find(".meaning").textContent = find(".meaning").textContent === meaning ? "" : meaning; }; // a finger
    help.setAttribute("aria-label", meaning);
  });
}

export default function ({ data, parentElement }) {
  return follow(data, (content) => show(parentElement, content));
}
