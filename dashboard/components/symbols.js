// The symbols of classes, as the charts draw them: outlines of size 1 around 0.

const OUTLINES = {
  circle: "M-1,0a1,1 0 1,1 2,0a1,1 0 1,1 -2,0z",
  diamond: "M0,-1.3L1.3,0L0,1.3L-1.3,0z",
  square: "M-.95,-.95h1.9v1.9h-1.9z",
  cross: "M-.42,-1.25h.84v.83h.83v.84h-.83v.83h-.84v-.83h-.83v-.84h.83z",
  x: "M0,-.6L.59,-1.19L1.19,-.59L.6,0L1.19,.59L.59,1.19L0,.6L-.59,1.19L-1.19,.59L-.6,0L-1.19,-.59L-.59,-1.19z",
};

const SYMBOLS = Object.fromEntries(Object.entries(OUTLINES).map(([name, outline]) => [name, new Path2D(outline)]));
