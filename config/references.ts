import { z } from 'zod';
import { isLoopback } from './fields.ts';
import type { Finding } from './problems.ts';

/**
 * What must hold between fields. It reads a lenient sketch of the tree, so that these problems are told together
 * with the fields' own, and not only after those are mended.
 */
export function crossCheck(tree: unknown): Finding[] {
  const sketch = sketchSchema.parse(tree);
  return [
    ...endpoints(sketch),
    ...certificates(sketch),
    ...repeated(sketch),
    ...contractOwners(sketch),
    ...webhooks(sketch),
    ...strategyTargets(sketch),
    ...forecasts(sketch),
    ...dispatchTargets(sketch),
    ...overlappingConnections(sketch),
    ...overlappingReservations(sketch),
    ...sharedPort(sketch),
  ];
}

const name = z.string().optional().catch(undefined);
const count = z.number().optional().catch(undefined);
const group = <T extends z.ZodRawShape>(shape: T) =>
  z.preprocess((value) => (value instanceof Object && !Array.isArray(value) ? value : {}), z.object(shape));
const list = <T extends z.ZodType>(item: T) => z.array(item).catch([]);

const sketchSchema = group({
  uftp: group({ host: name, port: count }),
  operator: group({ host: name, port: count }),
  participants: list(
    group({
      domain: name,
      role: name,
      endpoint: name,
      allowHttp: z.boolean().optional().catch(undefined),
      oauth: group({ tokenUrl: name }),
      tls: group({ cert: z.unknown().optional(), key: z.unknown().optional() }),
    }),
  ),
  portfolio: group({
    connections: list(group({ id: name, from: name, to: name, assets: list(group({ name })) })),
  }),
  strategy: group({ url: name }),
  strategies: list(group({ url: name, for: group({ dso: name, congestionPoint: name }) })),
  dispatches: list(group({ for: group({ dso: name }) })),
  forecast: group({ url: name }),
  forecasts: list(group({ url: name, for: group({ dso: name }) })),
  contracts: list(
    group({
      id: name,
      dso: name,
      reserved: list(
        group({ start: count, duration: count, from: name, to: name, days: z.unknown().optional() }),
      ),
    }),
  ),
});
type Sketch = z.output<typeof sketchSchema>;

function endpoints({ participants }: Sketch): Finding[] {
  return participants.flatMap(({ endpoint, allowHttp, oauth }, index) => {
    if (allowHttp === true) return [];
    const remedy = 'Use https, or set allowHttp: true where another layer encrypts.';
    const message = 'Plain http leaves this machine; the protocol demands HTTPS.';
    return [
      ...(leavesUnencrypted(endpoint)
        ? [{ path: ['participants', index, 'endpoint'], message, remedy }]
        : []),
      ...(leavesUnencrypted(oauth.tokenUrl)
        ? [{ path: ['participants', index, 'oauth', 'tokenUrl'], message, remedy }]
        : []),
    ];
  });
}

function leavesUnencrypted(address: string | undefined): boolean {
  if (!address || !URL.canParse(address)) return false;
  const url = new URL(address);
  return url.protocol === 'http:' && !isLoopback(url.hostname);
}

function certificates({ participants }: Sketch): Finding[] {
  return participants.flatMap(({ tls }, index) => {
    const { cert, key } = tls;
    if ((cert === undefined) === (key === undefined)) return [];
    return {
      path: ['participants', index, 'tls', cert === undefined ? 'cert' : 'key'],
      message: 'A certificate and its private key go together; one of them is missing.',
      remedy: 'Name both, or neither.',
    };
  });
}

function repeated({ participants, contracts, portfolio }: Sketch): Finding[] {
  return [
    ...repeats(
      participants.map(({ domain, role }) => domain && role && `${domain} ${role}`),
      (index) => ['participants', index, 'domain'],
      'This domain is named twice in this role.',
    ),
    ...repeats(
      contracts.map(({ id }) => id),
      (index) => ['contracts', index, 'id'],
      'This contract is named twice.',
    ),
    ...portfolio.connections.flatMap(({ assets }, connection) =>
      repeats(
        assets.map((asset) => asset.name),
        (index) => ['portfolio', 'connections', connection, 'assets', index, 'name'],
        'This asset is named twice on its connection.',
      ),
    ),
  ];
}

function repeats(
  names: readonly (string | undefined)[],
  path: (index: number) => PropertyKey[],
  message: string,
): Finding[] {
  return names.flatMap((value, index) =>
    value !== undefined && names.indexOf(value) < index
      ? { path: path(index), message, remedy: 'Keep one of the two.' }
      : [],
  );
}

function contractOwners({ participants, contracts }: Sketch): Finding[] {
  const dsos = participants.filter(({ role }) => role === 'DSO').map(({ domain }) => domain);
  return contracts.flatMap(({ dso }, index) =>
    dso === undefined || dsos.includes(dso)
      ? []
      : {
          path: ['contracts', index, 'dso'],
          message: 'No participant of role DSO has this domain.',
          remedy: 'Name the DSO among the participants, or correct the domain.',
        },
  );
}

function webhooks({ strategy, strategies }: Sketch): Finding[] {
  const urls = [
    { path: ['strategy', 'url'], url: strategy.url },
    ...strategies.map(({ url }, index) => ({ path: ['strategies', index, 'url'], url })),
  ];
  return urls
    .filter(({ url }) => leavesUnencrypted(url))
    .map(({ path }) => ({
      path,
      message: 'Plain http leaves this machine, and what is asked there are your prices.',
      remedy: 'Use https.',
    }));
}

function strategyTargets({ participants, strategies }: Sketch): Finding[] {
  const dsos = participants.filter(({ role }) => role === 'DSO').map(({ domain }) => domain);
  return strategies.flatMap(({ for: { dso, congestionPoint } }, index): Finding[] => {
    const path = ['strategies', index, 'for'];
    if (dso === undefined && congestionPoint === undefined) {
      const message = 'This says for nobody in particular.';
      return [
        { path, message, remedy: 'Name dso, congestionPoint or both; for all others there is strategy.' },
      ];
    }
    if (dso === undefined || dsos.includes(dso)) return [];
    const message = 'No participant of role DSO has this domain.';
    return [
      {
        path: [...path, 'dso'],
        message,
        remedy: 'Name the DSO among the participants, or correct the domain.',
      },
    ];
  });
}

function dispatchTargets({ participants, dispatches }: Sketch): Finding[] {
  const dsos = participants.filter(({ role }) => role === 'DSO').map(({ domain }) => domain);
  return dispatches.flatMap(({ for: { dso } }, index) =>
    dso === undefined || dsos.includes(dso)
      ? []
      : {
          path: ['dispatches', index, 'for', 'dso'],
          message: 'No participant of role DSO has this domain.',
          remedy: 'Name the DSO among the participants, or correct the domain.',
        },
  );
}

function forecasts({ participants, forecast, forecasts: others }: Sketch): Finding[] {
  const dsos = participants.filter(({ role }) => role === 'DSO').map(({ domain }) => domain);
  const webhooks = [
    { path: ['forecast', 'url'], url: forecast.url },
    ...others.map(({ url }, index) => ({ path: ['forecasts', index, 'url'], url })),
  ].filter(({ url }) => leavesUnencrypted(url));
  const message = 'Plain http leaves this machine, and what is answered there becomes your baseline.';
  return [
    ...webhooks.map(({ path }) => ({ path, message, remedy: 'Use https.' })),
    ...others.flatMap(({ for: { dso } }, index) =>
      dso === undefined || dsos.includes(dso)
        ? []
        : {
            path: ['forecasts', index, 'for', 'dso'],
            message: 'No participant of role DSO has this domain.',
            remedy: 'Name the DSO among the participants, or correct the domain.',
          },
    ),
  ];
}

/** A connection may leave and come back, but is contracted once at a time; both bounds are inclusive. */
function overlappingConnections({ portfolio }: Sketch): Finding[] {
  const connections = portfolio.connections;
  return connections.flatMap(({ id, from = '', to = '9999' }, index) => {
    const path = ['portfolio', 'connections', index];
    if (to < from) {
      return { path: [...path, 'to'], message: 'The last day is before the first.', remedy: 'Correct one.' };
    }
    const earlier = connections.slice(0, index).some((other) => {
      return id && other.id === id && (other.from ?? '') <= to && from <= (other.to ?? '9999');
    });
    if (!earlier) return [];
    return {
      path: [...path, 'id'],
      message: 'This connection is listed twice for the same days.',
      remedy: 'Give the first a last day (to) before the second begins, or keep one of the two.',
    };
  });
}

function overlappingReservations({ contracts }: Sketch): Finding[] {
  return contracts.flatMap(({ reserved }, contract) =>
    reserved.flatMap(({ start, duration = 1, ...when }, index) => {
      const clash = reserved.slice(0, index).some((other) => {
        // Windows of some days may be exceptions from others: the first that fits counts.
        if (ofSomeDays(when) || ofSomeDays(other)) return false;
        if (start === undefined || other.start === undefined) return false;
        return other.start < start + duration && start < other.start + (other.duration ?? 1);
      });
      if (!clash) return [];
      return {
        path: ['contracts', contract, 'reserved', index],
        message: 'An ISP is reserved twice.',
        remedy: 'Let the groups of ISPs follow each other.',
      };
    }),
  );
}

const ofSomeDays = ({ from, to, days }: { from?: unknown; to?: unknown; days?: unknown }): boolean =>
  from !== undefined || to !== undefined || days !== undefined;

/** Counterparties and operators never share a door. */
function sharedPort({ uftp, operator }: Sketch): Finding[] {
  const port = operator.port ?? 8081;
  if (port === 0 || port !== (uftp.port ?? 8080)) return [];
  return [
    {
      path: ['operator', 'port'],
      message: 'The operator door and the UFTP door have the same port.',
      remedy: 'Give each its own.',
    },
  ];
}
