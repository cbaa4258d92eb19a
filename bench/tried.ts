/** What was tried on the way, for the results page: measured once, on the machine named there. */
export const TRIED = `## What was tried

- Reading with \`saxes\` (strict, streaming), checking the tree afterwards: 0.43 ms for the payload and 0.33 ms for the
  wrapper, whose Body it walks character by character. 1.9 times Python: not enough.
- Reading with \`fast-xml-parser\`: 0.5 ms, and 0.35 ms more for its validator.
- A reader for exactly what messages are made of (elements, attributes, white space, comments): 0.08 ms for the payload
  and 0.04 ms for the wrapper. \`saxes\` stays in the tests as the second opinion.
- Walking the definitions with \`Object.entries\` for every element: replaced by plans, made once for each version and set
  of relaxations.
- Attribute records from \`Object.create(null)\` are hash tables; records of a class without a prototype have a shape.
- Writing with \`fast-xml-parser\`: fast enough, and kept.
`;
