// Writes a few sentences that follow a run.

export default function ({ data, parentElement }) {
  const [name, text] = parentElement.querySelectorAll("strong, span");
  return follow(data, (content) => {
    name.textContent = content.name;
    text.textContent = content.text;
  });
}
