import { FlexorError } from '../base/index.ts';

/** What can go wrong while the machine's own services are brought up. */
export type ServicesErrorCode =
  | 'services.no-free-port'
  | 'services.no-temporal'
  | 'services.no-postgres'
  | 'services.start-failed'
  | 'services.data-in-use'
  | 'services.password-missing'
  | 'services.stopping';

/** An error of the `services` room. */
export class ServicesError extends FlexorError<ServicesErrorCode> {}

/** Tells the operator, in one line, what a slow step is doing. */
export type Say = (line: string) => void;

/** Says nothing: for tests and for callers that have no terminal. */
export const silent: Say = () => {};
