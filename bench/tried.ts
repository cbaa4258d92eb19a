/** What was tried on the way, for the results page: measured once each, on the machine named there. */
export const TRIED = `## What was tried

Times are for the payload of 8.8 kB and its wrapper of 12 kB.

- Reading with \`fast-xml-parser\`: 0.36 ms for the payload, and 0.21 ms more for its validator. Not enough for the goal of
  four times Python.
- Reading with a plain \`saxes\` parser and eight handlers: 0.44 ms and 0.33 ms, 1.9 times Python in all. The cause: \`on\`
  stores handlers under computed names, and V8 turns an object that outgrows its room that way into a hash table. Seven
  handlers stay fast, the eighth does not.
- Reading with a subclass of \`saxes\` whose constructor sets the handlers: its objects get room for them and stay fast,
  0.09 ms and 0.03 ms. Taken; a test asks V8 whether the objects are still fast.
- A reader of our own for exactly what messages are made of (elements, attributes, white space, comments): 0.08 ms and
  0.01 ms. It read for a while, and gave way: a well-kept library is worth more than the 0.03 ms.
- Attribute records of a class without a prototype, filled attribute by attribute, in place of the library's own
  \`Object.create(null)\`: a quarter off the reading.
- Writing with \`fast-xml-parser\`: fast enough, and kept.
`;
