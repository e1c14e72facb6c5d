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

function bytesOf(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
