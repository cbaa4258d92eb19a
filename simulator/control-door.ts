import fastify, { type FastifyInstance } from 'fastify';
import { z } from 'zod';
import { FlexorError } from '../base/errors.ts';
import { answeredMessageId, isMessageType, type MessageType } from '../uftp/index.ts';
import { ACTIONS, type ActionName } from './control-api.ts';
import { CRO } from './cro.ts';
import { DSO } from './dso.ts';
import { SimulatorError, type SimulatorErrorCode } from './errors.ts';
import { faultPlan } from './faults.ts';
import type { Peer } from './peer.ts';
import { registryDoor } from './registry-door.ts';

const since = z.coerce.number().int().min(0).default(0);
const waitQuery = z.strictObject({
  type: z.string().refine(isMessageType, 'the name of a message'),
  since,
  timeout: z.coerce.number().int().min(1).max(240_000).default(10_000),
  /** Only messages of this ConversationID. */
  conversation: z.string().optional(),
  /** Only responses to this MessageID. */
  answers: z.string().optional(),
});
const sinceQuery = z.strictObject({ since });

const STATUS: Partial<Record<SimulatorErrorCode, number>> = {
  'simulator.request-invalid': 400,
  'simulator.offer-unknown': 404,
  'simulator.option-unknown': 404,
  'simulator.order-unknown': 404,
  'simulator.not-delivered': 502,
  'simulator.wait-timeout': 504,
};

/** The door through which a rehearsal's story is told: JSON over loopback HTTP. */
export function createControlDoor(participant: { readonly peer: Peer }): FastifyInstance {
  const { peer } = participant;
  const door = fastify({ forceCloseConnections: true });

  door.setErrorHandler((error, _request, reply) => {
    const problem =
      error instanceof FlexorError
        ? error
        : new SimulatorError('simulator.request-invalid', String(error), 'Send what the door understands.');
    const status = STATUS[problem.code as SimulatorErrorCode] ?? 409;
    return reply.code(status).send({
      code: problem.code,
      detail: problem.message,
      remedy: problem.remedy,
      details: problem.details,
    });
  });

  for (const action of Object.keys(ACTIONS) as ActionName[]) {
    door.post(`/control/${action}`, async ({ body }) => act(participant, action, body));
  }

  door.post('/control/faults', async ({ body }) => {
    peer.faults.set(read(faultPlan, body));
    return peer.faults.plan;
  });
  door.get('/control/faults', async () => peer.faults.plan);

  if (participant instanceof CRO) registryDoor(door, participant, read);

  door.get('/control/messages', async ({ query }) =>
    peer.record.messages.slice(read(sinceQuery, query).since),
  );
  door.get('/control/posts', async ({ query }) => peer.record.posts.slice(read(sinceQuery, query).since));

  door.get('/control/wait', async ({ query }) => {
    const { type, timeout, conversation, answers, ...from } = read(waitQuery, query);
    return peer.record.expect({
      type: type as MessageType,
      ...from,
      timeoutMs: timeout,
      matches: (message) =>
        (conversation === undefined || same(message.ConversationID, conversation)) &&
        (answers === undefined || same(answeredMessageId(message), answers)),
    });
  });

  return door;
}

async function act(participant: { readonly peer: Peer }, action: ActionName, body: unknown) {
  const { peer } = participant;
  if (action === 'test-message') {
    const { version = peer.version } = read(ACTIONS[action], body);
    return peer.send<'TestMessage'>(peer.partnerIn('AGR').domain, { type: 'TestMessage', Version: version });
  }
  if (!(participant instanceof DSO)) {
    throw new SimulatorError('simulator.wrong-role', `A ${peer.role} sends no ${action}.`, 'Ask the DSO.');
  }
  switch (action) {
    case 'request-flex':
      return participant.requestFlex(read(ACTIONS[action], body));
    case 'order':
      return participant.order(read(ACTIONS[action], body));
    case 'order-directly':
      return participant.orderDirectly(read(ACTIONS[action], body));
    case 'update-reservation':
      return participant.updateReservation(read(ACTIONS[action], body));
    case 'settle':
      return participant.settle(read(ACTIONS[action], body));
  }
}

function read<S extends z.ZodType>(schema: S, given: unknown): z.output<S> {
  const { success, data, error } = schema.safeParse(given ?? {});
  if (success) return data;
  throw new SimulatorError('simulator.request-invalid', z.prettifyError(error), 'Correct the fields named.');
}

const same = (one: string | undefined, other: string): boolean => one?.toLowerCase() === other.toLowerCase();
