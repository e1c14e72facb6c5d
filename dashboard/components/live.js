// Begins each component that follows a run: it draws what came with the page, and later what
// live_feed.js says has become of it.

// What is known of a component, and has been told of it.
const live = (key) => ((window.liveElements ??= {})[key] ??= { misfits: 0 });

function follow({ key, drawing, content }, draw) {
  const own = live(key);
  const isNews = () => own.told?.drawing === drawing;
  const redraw = () => {
    own.misfits = isNews() ? 0 : own.misfits + 1;
    if (isNews()) draw(own.told.content);
  };
  own.redraw = redraw;
  draw(isNews() ? own.told.content : content);
  return () => { if (own.redraw === redraw) delete own.redraw; };
}

// Hands each component what has become of it; says whether one has another drawing for long.
const PATIENCE = 10; // looks without an answer, or with news for another drawing

function deliver(all) {
  let isOutdated = false;
  for (const [key, told] of Object.entries(all)) {
    const known = live(key);
    if (known.told?.drawing === told.drawing && known.told.number > told.number) continue; // overtaken
    known.told = told;
    known.redraw?.();
    if (known.misfits <= PATIENCE) continue;
    known.misfits = 0;
    isOutdated = true;
  }
  return isOutdated;
}

function bytesOf(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

// The colors and the font of the page, light or dark.
function themeOf(element) {
  const styles = getComputedStyle(element);
  const read = (name) => styles.getPropertyValue(`--st-${name}`).trim();
  const list = (name) => read(name).split(",").map((color) => color.trim());
  return {
    text: read("text-color"),
    background: read("background-color"),
    secondary: read("secondary-background-color"),
    border: read("border-color"),
    primary: read("primary-color"),
    font: read("font"),
    categorical: list("chart-categorical-colors"),
    sequential: list("chart-sequential-colors"),
    diverging: list("chart-diverging-colors"),
  };
}
