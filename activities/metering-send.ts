import { randomUUID } from 'node:crypto';
import { reasonOf } from '../base/errors.ts';
import type { Dso } from '../config/index.ts';
import { meteringEAN, profilesOf } from '../market/metering/profile.ts';
import type { Metering } from '../store/index.ts';
import { decode, type EncodeOptions, type Message, type MessageDraft, UftpError } from '../uftp/index.ts';
import type { Dependencies } from './dependencies.ts';
import { contentDigest, knownDay, toldDay } from './metering-day.ts';
import type { Outgoing } from './outgoing.ts';

/** The step under which a message is sent; answers come back with it. */
export const meteringStep = ({ connection, revision }: Pick<Metering, 'connection' | 'revision'>): string =>
  `Metering/${connection}/${revision}`;

/** Whose message it was, from its step. */
export function ofMeteringStep(step: string): Pick<Metering, 'connection' | 'revision'> | undefined {
  const [, connection, revision] = /^Metering\/(.+)\/(\d+)$/.exec(step) ?? [];
  return connection && revision ? { connection, revision: Number(revision) } : undefined;
}

/** The notation that this DSO asks for, against the official schemas. */
const E18: EncodeOptions = { relaxations: new Set(['metering-ean-of-18-digits']) };

/**
 * Tells a DSO of one connection's day: the message is fixed under its revision, then delivered. Nothing is sent where
 * the last message said the same already. Doing it again after a crash sends the same bytes.
 */
export async function sendMetering(
  deps: Dependencies,
  outgoing: Outgoing,
  dso: Dso,
  { connection, period }: { connection: string; period: string },
): Promise<void> {
  const { store, log } = deps;
  // Read first: what changes after it makes the day due again.
  const readings = await store.meterReadings.revisionOf(connection, period);
  const day = toldDay(dso, period);
  const known = await knownDay(store, connection, period);
  const { profiles, missing } = profilesOf(known, dso.metering.profiles, day.isps);
  const [standing] = await store.connections.activeOn(period, [connection]);
  const EAN = meteringEAN(connection, dso.metering.eanNotation, standing?.meteringEAN);
  const content = { EAN: EAN ?? '', Profile: profiles };

  const last = await store.meterings.latest(day.dso, period, connection);
  if (last && last.status !== 'sending' && last.digest === contentDigest(content)) {
    return store.meterings.update(last, { readings });
  }
  const message = await store.meterings.claim(day.dso, period, connection, readings);
  if (EAN === undefined) {
    const reason = `${connection} has no EAN in the notation ${dso.metering.eanNotation}: set its meteringEAN, and the message goes out within the hour`;
    // With a digest and without a message: due again as soon as the EAN is there.
    return store.meterings.sent(message, { status: 'refused', reason, digest: contentDigest(content) });
  }
  const draft: Omit<MessageDraft<'Metering'>, keyof Metadata> = {
    type: 'Metering',
    Revision: message.revision,
    ISPDuration: dso.market.ispDuration,
    TimeZone: dso.market.timeZone,
    Period: period,
    EAN,
    Profile: profiles.map(({ ISP, ...profile }) => ({ ...profile, ISP: [...ISP] })),
  };
  try {
    const row = await outgoing.prepare(
      {
        step: meteringStep(message),
        to: { domain: dso.domain, role: 'DSO' },
        version: dso.version,
        conversationId: randomUUID(),
        draft,
      },
      dso.metering.eanNotation === 'E18' ? E18 : {},
    );
    // From the row: a try before this one may have fixed it from earlier readings.
    const digest = contentDigest(decode(row.payload) as Message<'Metering'>);
    const { messageId, id: outboxId } = row;
    await store.meterings.update(message, { digest, missing, messageId, outboxId });
    const delivery = await outgoing.deliver(row);
    const sentAt = (await store.outbox.find(row.id))?.deliveredAt;
    if (delivery.outcome === 'delivered') await store.meterings.sent(message, { status: 'pending', sentAt });
    else
      await store.meterings.sent(message, { status: 'refused', reason: delivery.reason ?? delivery.outcome });
  } catch (thrown) {
    if (!(thrown instanceof UftpError)) throw thrown;
    log.error({ connection, period, code: thrown.code }, 'a Metering message could not be written');
    await store.meterings.sent(message, { status: 'refused', reason: reasonOf(thrown) });
  }
}

type Metadata = Pick<
  MessageDraft<'Metering'>,
  'Version' | 'SenderDomain' | 'RecipientDomain' | 'TimeStamp' | 'MessageID' | 'ConversationID'
>;
