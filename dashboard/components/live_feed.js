// Hands each component what has changed in it since it was drawn in full; see chart.js and live.js.
// The page may bring the news, or say where to ask for them.

const feeds = new WeakMap(); // element -> its feed

const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));

async function askAgainAndAgain(feed, { address, seconds }) {
  const generation = ++feed.generation;
  for (let failures = 0; address && failures < PATIENCE; ) {
    await pause(seconds);
    if (generation !== feed.generation) return;
    if (document.hidden) continue;
    let news;
    try {
      const answer = await fetch(address, { cache: "no-store" });
      if (!answer.ok) throw new Error(answer.status);
      news = await answer.json();
      failures = 0;
    } catch {
      failures += 1;
      if (failures === PATIENCE) feed.send("unreachable", true);
      continue;
    }
    if (generation !== feed.generation) return;
    seconds = news.seconds;
    const isOutdated = deliver(news.elements) || news.isOutdated;
    if (isOutdated) return feed.send("outdated", true);
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const element = parentElement.querySelector(".changes");
  const feed = feeds.get(element) ?? { generation: 0 };
  feeds.set(element, feed);
  feed.send = setTriggerValue;
  if (data instanceof Uint8Array) {
    if (deliver(JSON.parse(new TextDecoder().decode(data)))) feed.send("outdated", true);
  } else askAgainAndAgain(feed, data);
  return () => { feed.generation += 1; };
}
