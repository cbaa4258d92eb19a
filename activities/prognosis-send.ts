import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { FlexorError } from '../base/errors.ts';
import { powerRuns } from '../market/power.ts';
import { periodEnd, UftpError } from '../uftp/index.ts';
import type { SendInput } from './contract.ts';
import type { Dependencies } from './dependencies.ts';
import type { Outgoing } from './outgoing.ts';
import type { PrognosisActivities } from './prognosis-contract.ts';

type Input = Parameters<PrognosisActivities['sendPrognosis']>[0];

/**
 * Fixes a D-Prognosis under its step, with the next Revision in the same transaction, and delivers it. After its day it
 * is of no use to anybody.
 */
export async function sendPrognosis(
  { store, config, log }: Dependencies,
  outgoing: Outgoing,
  { terms, step, power, floor, refused, spelledOut }: Input,
): ReturnType<PrognosisActivities['sendPrognosis']> {
  const { workflowId } = Context.current().info.workflowExecution!;
  const { dso, version, conversationId, CongestionPoint, Period, TimeZone, ISPDuration } = terms;
  const message = (Revision: number): SendInput => ({
    ...{ step, to: { domain: dso, role: 'DSO' }, version, conversationId },
    draft: {
      type: 'D-Prognosis',
      ...{ ISPDuration, TimeZone, Period, CongestionPoint, Revision },
      ISP: powerRuns(power, spelledOut),
    },
  });
  const facts = {
    ...{ dso, congestionPoint: CongestionPoint, period: Period },
    ...{ timeZone: TimeZone, ispDuration: ISPDuration, power },
    domain: config.identity.domain,
    ...(floor !== undefined && { floor }),
    ...(refused !== undefined && { refused }),
  };
  try {
    const key = { workflowId, step };
    const fixed = await store.prognoses.prepare(key, facts, (revision) =>
      outgoing.compose(message(revision)),
    );
    const delivery = await outgoing.deliver(fixed.row, periodEnd(Period, TimeZone));
    const { outcome, reason } = delivery;
    const { messageId } = fixed.row;
    return { messageId, revision: fixed.revision, outcome, ...(reason !== undefined && { reason }) };
  } catch (thrown) {
    const cause = thrown instanceof FlexorError ? (thrown.cause ?? thrown) : thrown;
    if (!(cause instanceof UftpError)) throw thrown;
    log.error(
      { workflowId, step, code: cause.code, reason: cause.message },
      'a prognosis could not be written',
    );
    return { messageId: randomUUID(), revision: 0, outcome: 'refused', reason: cause.message };
  }
}
