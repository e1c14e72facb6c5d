// A link, its QR code and a button that copies it. Over plain HTTP a browser gives pages no
// clipboard; then the text is selected and copied in the old way, or is left selected.

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
  svg.querySelector("path").setAttribute("d", path);
}

export default function ({ data, parentElement }) {
  const [svg, input, button, said] = ["svg", "input", "button", ".said"].map((selector) =>
    parentElement.querySelector(selector),
  );
  drawCode(svg, data);
  if (input.value !== data.link) said.textContent = "";
  input.value = data.link;
  input.onfocus = () => input.select();
  button.onclick = async () => {
    said.textContent = (await copied(input))
      ? "Copied."
      : "The browser does not allow it. The link is selected: press Ctrl+C, or ⌘C.";
  };
}
