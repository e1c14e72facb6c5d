// Shows an image, its change, and the damaged image: quick, as they follow a slider.

const views = new WeakMap();

function build(root) {
  const title = made("div", "title"), row = made("div", "row");
  const figures = [0, 1, 2].map(() => {
    const figure = made("figure", ""), canvas = made("canvas", ""), caption = made("figcaption", "");
    canvas.setAttribute("role", "img");
    figure.append(canvas, caption);
    row.append(figure);
    return { figure, canvas, caption };
  });
  const scale = made("div", "scale"), [low, bar, high] = [made("span", ""), made("div", ""), made("span", "")];
  scale.append(low, bar, high);
  figures[1].figure.append(scale);
  root.replaceChildren(title, row);
  return { root, title, figures, low, bar, high };
}

function show({ root, title, figures, low, bar, high }, content) {
  const theme = themeOf(root);
  title.textContent = content.title;
  content.pictures.forEach(({ bytes, caption, isSigned }, i) => {
    paintImage(figures[i].canvas, bytes, content.shape, isSigned ? theme.diverging : theme.sequential);
    figures[i].caption.textContent = caption;
    figures[i].canvas.setAttribute("aria-label", caption);
  });
  bar.style.background = `linear-gradient(to right, ${theme.diverging.join(", ")})`;
  low.textContent = `−${content.limit}`;
  high.textContent = `+${content.limit}`;
  root.dataset.drawn = String(+(root.dataset.drawn ?? 0) + 1);
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".damage-pictures");
  if (!views.has(root)) views.set(root, build(root));
  return follow(data, (content) => show(views.get(root), content));
}
