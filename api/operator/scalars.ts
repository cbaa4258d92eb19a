import { isCalendarDay, scalar, type Scalar, Unreadable } from '../../uftp/definition/scalar.ts';

const fits =
  (type: Scalar<string>) =>
  (text: string): boolean =>
    !(type.read(text) instanceof Unreadable);

/** The protocol's own patterns, so that the doors cannot drift from the messages. */
export const entityAddress = fits(scalar.entityAddress);
export const timeZone = fits(scalar.timeZone);
export { isCalendarDay };
