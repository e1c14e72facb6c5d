// A link, its QR code and a button that copies it. Over plain HTTP a browser gives pages no
// clipboard; then the text is selected and copied in the old way, or is left selected.

const SVG = "http://www.w3.org/2000/svg";

async function copied(input) {
  try {
    await navigator.clipboard.writeText(input.value);
    return true;
  } catch {
    input.focus();
    input.select();
    return document.execCommand("copy");
  }
}

function drawCode(svg, { size, path }) {
  svg.toggleAttribute("hidden", !size);
  svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
  svg.setAttribute("shape-rendering", "crispEdges");
  svg.setAttribute("aria-label", "QR code of the link");
  const modules = svg.firstChild ?? svg.appendChild(document.createElementNS(SVG, "path"));
  modules.setAttribute("d", path);
}

export default function ({ data, parentElement }) {
  const [svg, input, button, said] = ["svg", "input", "button", ".said"].map((selector) =>
    parentElement.querySelector(selector),
  );
  drawCode(svg, data);
  if (input.value !== data.link) said.textContent = "";
  input.value = data.link;
  input.setAttribute("aria-label", "Link");
  button.textContent = "Copy";
  input.onfocus = () => input.select();
  button.onclick = async () => {
    said.textContent = (await copied(input))
      ? "Copied."
      : "The browser does not allow it. The link is selected: press Ctrl+C, or ⌘C.";
  };
}
