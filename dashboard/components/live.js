// Begins each component that follows a run: it draws what came with the page, and later what
// live_feed.js says has become of it.

function follow({ key, drawing, content }, draw) {
  const own = ((window.liveElements ??= {})[key] ??= { misfits: 0 });
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
  window.liveElements ??= {};
  let isOutdated = false;
  for (const [key, told] of Object.entries(all)) {
    const known = (window.liveElements[key] ??= { misfits: 0 });
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
