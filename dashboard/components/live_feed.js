// Hands each component what has changed in it since it was drawn in full; see chart.js and live.js.

const PATIENCE = 10; // looks

export default function ({ data, setTriggerValue }) {
  const all = JSON.parse(new TextDecoder().decode(data));
  window.liveElements ??= {};
  for (const [key, told] of Object.entries(all)) {
    const known = (window.liveElements[key] ??= { misfits: 0 });
    known.told = told;
    known.redraw?.();
    if (known.misfits > PATIENCE) {
      known.misfits = 0;
      setTriggerValue("misfit", true);
    }
  }
}
