/** Called by instrumented code: does what the code says, unless that mutation is on. */
export const switches = {
  on: undefined as string | undefined,
  negate: (id: string, value: unknown): unknown => (switches.on === id ? !value : value),
  yes: (id: string, value: unknown): unknown => (switches.on === id ? true : value),
  no: (id: string, value: unknown): unknown => (switches.on === id ? false : value),
  compare(id: string, operator: string, left: number, right: number): boolean {
    const equal = left === right;
    if (switches.on === id && equal) return operator === '<' || operator === '>';
    return operator === '<'
      ? left < right
      : operator === '>'
        ? left > right
        : equal || (operator === '<=' ? left < right : left > right);
  },
};

Object.assign(globalThis, { flexorMutations: switches });
