import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Clock, instant } from '../../base/index.ts';
import type { Store } from '../../store/index.ts';
import { UftpError } from '../../uftp/index.ts';
import { bodyInvalid, field, type FieldError, parseBody } from './body.ts';
import { ispsOf, type Market, sameISPs } from './markets.ts';

const meterReadings = z.strictObject({
  period: field.day,
  timeZone: field.timeZone,
  ispDuration: z.string(),
  readings: z
    .array(
      z.strictObject({
        connection: field.entityAddress,
        isps: z.array(z.strictObject({ start: field.isp, power: field.power })).min(1, 'is empty'),
      }),
    )
    .min(1, 'is empty'),
});

type MeterReadings = z.infer<typeof meterReadings>;

/**
 * `PUT /v1/meter-readings`: the meter company's door. Measured average power per connection and ISP of one day, in W,
 * + is consumption. All of it is stored, or nothing; sending it again replaces what was there.
 */
export function meterReadingDoor(
  app: FastifyInstance,
  deps: {
    store: Pick<Store, 'meterReadings'>;
    markets: readonly Market[];
    connectionKnown: (connection: string) => boolean;
    clock: Clock;
  },
): void {
  app.put('/v1/meter-readings', async (request, reply) => {
    const body = parseBody(meterReadings, request.body);
    const count = ispCountOf(body, deps.markets);
    const wrong = wrongFields(body, count, deps.connectionKnown);
    if (wrong.length > 0) throw bodyInvalid(wrong);
    const recordedAt = instant(deps.clock);
    await deps.store.meterReadings.save(
      body.readings.flatMap(({ connection, isps }) =>
        isps.map(({ start, power }) => ({ connection, period: body.period, isp: start, power, recordedAt })),
      ),
    );
    return reply.code(204).send();
  });
}

/** Readings are kept by ISP number: only numbers that mean what the market means by them are taken. */
function ispCountOf({ period, timeZone, ispDuration }: MeterReadings, markets: readonly Market[]): number {
  const market = markets.find((candidate) => {
    try {
      return sameISPs(candidate, period, timeZone, ispDuration);
    } catch (thrown) {
      if (thrown instanceof UftpError) return false;
      throw thrown;
    }
  });
  if (market) return ispsOf(market, period);
  const known = markets.map((each) => `${each.timeZone} with ${each.ispDuration}`).join(', ');
  const message = `does not fit, with ispDuration, any market that is configured (${known})`;
  throw bodyInvalid([{ path: 'timeZone', message }]);
}

function wrongFields(
  { period, readings }: MeterReadings,
  count: number,
  connectionKnown: (connection: string) => boolean,
): FieldError[] {
  const wrong: FieldError[] = [];
  const seen = new Set<string>();
  readings.forEach(({ connection, isps }, r) => {
    if (!connectionKnown(connection)) {
      wrong.push({ path: `readings[${r}].connection`, message: `${connection} is not in the portfolio` });
    }
    isps.forEach(({ start }, i) => {
      const path = `readings[${r}].isps[${i}].start`;
      if (start > count) wrong.push({ path, message: `is beyond the ${count} ISPs of ${period}` });
      if (seen.has(`${connection} ${start}`)) {
        wrong.push({ path, message: `ISP ${start} of ${connection} is there twice` });
      }
      seen.add(`${connection} ${start}`);
    });
  });
  return wrong;
}
