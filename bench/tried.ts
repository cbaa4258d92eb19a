/** What was tried on the way, for the results page: measured once each, on the machine named there. */
export const TRIED = `## What was tried

Times are for the payload of 8.8 kB and its wrapper of 12 kB.

- Reading with \`fast-xml-parser\`: 0.36 ms for the payload, and 0.21 ms more for its validator. Not enough for the goal of
  four times Python.
- Reading with \`saxes\` through its \`on\` method: 0.44 ms and 0.33 ms, 1.9 times Python in all. The cause: \`on\` turns each
  parser object into a hash table. With its handlers set as plain fields, which are private, it takes 0.08 ms and
  0.04 ms, enough for the goal.
- A reader for exactly what messages are made of (elements, attributes, white space, comments): 0.07 ms and 0.01 ms. It
  was taken: it needs no private fields, looks for the end of a value instead of walking through it, and its limits bite
  while it reads. \`saxes\` and libxml2 check it in the tests.
- Attribute records of a class without a prototype, in place of \`Object.create(null)\`: a tenth off the reading.
- Writing with \`fast-xml-parser\`: fast enough, and kept.
`;
