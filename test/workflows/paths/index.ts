import { DELIVERY_PATHS } from './delivery.ts';
import { OFFER_PATHS } from './offer.ts';
import { ORDER_PATHS } from './order.ts';
import { REQUEST_PATHS } from './request.ts';
import { RESERVATION_PATHS } from './reservation.ts';
import { REVOCATION_PATHS } from './revocation.ts';
import { STANDARD_PATHS } from './standard.ts';
import type { Path } from './talk.ts';
import { UNSOLICITED_PATHS } from './unsolicited.ts';

const BY_FILE: Readonly<Record<string, readonly Path[]>> = {
  standard: STANDARD_PATHS,
  request: REQUEST_PATHS,
  reservation: RESERVATION_PATHS,
  offer: OFFER_PATHS,
  revocation: REVOCATION_PATHS,
  order: ORDER_PATHS,
  unsolicited: UNSOLICITED_PATHS,
  delivery: DELIVERY_PATHS,
};

/** Every way that a conversation can go, each with a history that is replayed; `file` is where it is told. */
export const PATHS: readonly (Path & { readonly file: string })[] = Object.entries(BY_FILE).flatMap(
  ([file, paths]) => paths.map((path) => ({ ...path, file })),
);

/** The histories that are kept of a path, in the order of its runs. */
export const historiesOf = ({ name, inTwoRuns }: Path): string[] =>
  inTwoRuns ? [`${name}-first-run`, name] : [name];
