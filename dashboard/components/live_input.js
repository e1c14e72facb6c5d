// Comes after live.js in a component that tells the server what the reader does while it is done.
// What is new on the page comes back in the answer. An input has its root, the address, message(),
// which says what there is to tell now, send(), and rerun(message) for where no request comes through.

const REST_MS = 30; // between an answer and the next message, at the least; and as long as it came

const rest = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function tellSoon(input) {
  input.isDirty = true;
  if (!input.isTelling) tell(input);
}

async function tell(input) {
  input.isTelling = true;
  delete input.root.dataset.isTold;
  while (input.isDirty) {
    input.isDirty = false;
    const began = performance.now();
    const answeredAt = await (input.failures < PATIENCE ? ask(input) : input.rerun(input.message()));
    await rest(Math.max(REST_MS, (answeredAt ?? began) - began));
  }
  input.isTelling = false;
  input.root.dataset.isTold = "";
}

// Returns when the answer was there: what it takes to draw it is no burden to the server.
async function ask(input) {
  let answeredAt = performance.now();
  try {
    const answer = await fetch(input.address, { method: "POST", body: JSON.stringify(input.message()), cache: "no-store" });
    if (!answer.ok) throw new Error(answer.status);
    const news = await answer.json();
    answeredAt = performance.now();
    input.failures = 0;
    if (deliver(news.elements) || news.isOutdated) input.send("outdated", true);
  } catch {
    input.failures += 1;
    input.isDirty = true;
  }
  return answeredAt;
}
