import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { AT, later, UNTIL } from '../market/flex-request/facts.testkit.ts';
import {
  type FlexRequestEvent,
  type FlexRequestState,
  initialState,
  reduce,
} from '../market/flex-request/index.ts';
import { anyEvent, elapsed, happens, sequence } from '../market/flex-request/sequences.testkit.ts';

/** Where the committed diagrams lie. */
export const STATES_PAGE = new URL('./conversation-states.md', import.meta.url);

/** So many conversations are played; the same seed plays the same ones. */
const CONVERSATIONS = 16_000;
const SEED = 1;

/** What events are called by people who do not read the code. */
const WORDS: Readonly<Record<FlexRequestEvent['type'], string>> = {
  requested: 'FlexRequest',
  unsolicited: 'operator offers unasked',
  superseded: 'newer Revision',
  sent: 'delivered or given up',
  decided: 'decision',
  offerAnswered: 'FlexOfferResponse',
  revocationAnswered: 'FlexOfferRevocationResponse',
  ordered: 'FlexOrder',
  booked: 'order booked or not',
  reserved: 'FlexReservationUpdate',
  capacityLost: 'capacity lost',
  dispatched: 'plan confirmed or not',
  measured: 'measured',
  prognosed: 'FlexOrderStatus',
  settled: 'settlement answered',
  commanded: "operator's command",
  clock: 'time',
};

/** From where to where, and by which events. */
class Transitions {
  readonly #found = new Map<string, Set<string>>();

  note(from: string | undefined, to: string | undefined, event: FlexRequestEvent): void {
    if (to === undefined || from === to) return;
    const key = `${from ?? '[*]'} --> ${to}`;
    const by = this.#found.get(key) ?? new Set();
    this.#found.set(key, by.add(WORDS[event.type]));
  }

  diagram(final: readonly string[]): string {
    const lines = [...this.#found].map(([arrow, by]) => `  ${arrow} : ${[...by].sort().join(', ')}`).sort();
    return [
      '```mermaid',
      'stateDiagram-v2',
      ...lines,
      ...final.map((state) => `  ${state} --> [*]`),
      '```',
    ].join('\n');
  }
}

/** The states of conversations, offers and orders, as Markdown: what `docs/conversation-states.md` must hold. */
export function renderStates(): string {
  const phases = new Transitions();
  const offers = new Transitions();
  const orders = new Transitions();
  const both = (before: FlexRequestState, after: FlexRequestState, event: FlexRequestEvent): void => {
    phases.note(
      before.phase === 'Waiting' ? undefined : before.phase,
      after.phase === 'Waiting' ? undefined : after.phase,
      event,
    );
    for (const { step, status } of after.offers) {
      offers.note(before.offers.find((each) => each.step === step)?.status, status, event);
    }
    for (const { order, status } of after.orders) {
      orders.note(
        before.orders.find((each) => each.order.messageId === order.messageId)?.status,
        status,
        event,
      );
    }
  };
  const play = (events: readonly (readonly [FlexRequestEvent, string])[]): void => {
    let state = initialState;
    for (const [event, now] of events) {
      // First what time alone does, so that it is not put down to whatever happens next.
      const timed = reduce(state, { type: 'clock' }, now).state;
      both(state, timed, { type: 'clock' });
      const next = reduce(timed, event, now).state;
      both(timed, next, event);
      state = next;
    }
  };
  const beginnings = Object.values(UNTIL).map((entries) =>
    entries.map(
      (entry) => (Array.isArray(entry) ? entry : [entry, AT.offered]) as [FlexRequestEvent, string],
    ),
  );
  const more = fc.array(fc.tuple(fc.oneof(happens, anyEvent), elapsed), { maxLength: 16 });
  const samples = fc.sample(fc.tuple(fc.constantFrom(...beginnings), more), {
    numRuns: CONVERSATIONS,
    seed: SEED,
  });
  const fromScratch = fc.sample(sequence, { numRuns: CONVERSATIONS / 2, seed: SEED });
  for (const [beginning, rest] of [...samples, ...fromScratch.map((events) => [[], events] as const)]) {
    let now: string = beginning.at(-1)?.[1] ?? AT.requested;
    const timed = rest.map(([event, elapsedMs]): [FlexRequestEvent, string] => {
      now = later(now, elapsedMs);
      return [event, now];
    });
    play([...beginning, ...timed]);
  }
  return `# The states of a conversation

Generated from \`market/flex-request/\`; run \`node --import tsx docs/generate-states.ts\` after a change. Nobody draws
these: ${CONVERSATIONS} conversations are played through the reducer, with events that fit and events that do not, and every
step that was seen stands here. [The paths](conversation-paths.md) tell the same as stories.

## The conversation

It follows from its request, its offers and its orders. Several offers may stand at once, and each may be ordered once.

${phases.diagram(['Rejected', 'Superseded', 'Lapsed', 'Settled', 'Disputed', 'Failed'])}

## An offer

${offers.diagram(['Refused', 'Revoked', 'Expired', 'Ordered'])}

## An order

${orders.diagram(['Settled', 'Disputed'])}
`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(STATES_PAGE, renderStates());
