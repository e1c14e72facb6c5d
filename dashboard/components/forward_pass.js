// The forward pass of mlp/network.py, for display alone: a_l = f(W_l a_{l-1} + b_l). Nothing here
// learns. A test compares it with NumPy for every activation and every output.

const GELU_SCALE = Math.sqrt(2 / Math.PI), GELU_CUBE = 0.044715, LEAK = 0.01;
const sigmoid = (z) => 0.5 * (1 + Math.tanh(0.5 * z));

const ACTIVATIONS = {
  relu: (z) => Math.max(0, z),
  sigmoid,
  tanh: Math.tanh,
  identity: (z) => z,
  "leaky-relu": (z) => Math.max(LEAK * z, z),
  elu: (z) => Math.max(z, Math.expm1(Math.min(z, 0))),
  gelu: (z) => 0.5 * z * (1 + Math.tanh(GELU_SCALE * (z + GELU_CUBE * z ** 3))),
  silu: (z) => z * sigmoid(z),
};

// What the plane's coordinates become before they are scaled; see data/plane_features.py.
const FEATURES = {
  x1: (x) => x,
  x2: (x, y) => y,
  x1x1: (x) => x * x,
  x2x2: (x, y) => y * y,
  x1x2: (x, y) => x * y,
  "sin-x1": (x) => Math.sin(2 * Math.PI * x),
  "sin-x2": (x, y) => Math.sin(2 * Math.PI * y),
};

// Where the weight from a unit to one of layer l is in the flat vector, and where its bias is.
function placesOf(sizes) {
  const starts = [0], biasStarts = [0];
  let start = 0;
  for (let l = 1; l < sizes.length; l++) { starts.push(start); start += sizes[l] * sizes[l - 1]; }
  for (let l = 1; l < sizes.length; l++) { biasStarts.push(start); start += sizes[l]; }
  return {
    n: start,
    weight: (l, to, from) => starts[l] + to * sizes[l - 1] + from,
    bias: (l, to) => biasStarts[l] + to,
  };
}

function softmax(zs, n) {
  for (let i = 0; i < n; i++) {
    let most = -Infinity, total = 0;
    for (const z of zs) most = Math.max(most, z[i]);
    for (const z of zs) total += z[i] = Math.exp(z[i] - most);
    for (const z of zs) z[i] /= total;
  }
}

// Returns the z of the units of a layer, each with a number for each of n points.
function weightedSums(network, parameters, l, below, n) {
  const { sizes, places } = network;
  return Array.from({ length: sizes[l] }, (_, to) => {
    const z = new Float64Array(n).fill(parameters[places.bias(l, to)]);
    for (let from = 0; from < sizes[l - 1]; from++) {
      const weight = parameters[places.weight(l, to, from)], a = below[from];
      if (weight) for (let i = 0; i < n; i++) z[i] += weight * a[i];
    }
    return z;
  });
}

// inputs: one array of n numbers for each input, scaled. Returns zs and activations by layer and
// unit, each with n numbers; those of layer 0 are the inputs.
function forward(network, parameters, inputs) {
  const { sizes, activation, output } = network, last = sizes.length - 1, n = inputs[0].length;
  const zs = [inputs], activations = [inputs];
  for (let l = 1; l <= last; l++) {
    const z = weightedSums(network, parameters, l, activations[l - 1], n);
    zs.push(z);
    const name = l === last ? output : activation;
    const a = z.map((each) => each.slice());
    if (name === "softmax") softmax(a, n);
    else for (const each of a) for (let i = 0; i < n; i++) each[i] = ACTIVATIONS[name](each[i]);
    activations.push(a);
  }
  return { zs, activations };
}

// Returns what points of the plane become before the first layer: features, then scaled.
function inputsOf({ features, shift, scale }, xs, ys) {
  return features.map((name, k) => Float64Array.from(xs, (x, i) => (FEATURES[name](x, ys[i]) - shift[k]) / scale[k]));
}
