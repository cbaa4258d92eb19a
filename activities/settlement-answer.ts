import { type Difference, reasonOf } from '../market/settlement/index.ts';
import { type Message, referenceTo } from '../uftp/index.ts';
import type { JudgedContract } from './settlement-contracts.ts';

/** What is said to a FlexSettlement. */
export interface SettlementVerdict {
  /** Why it is rejected as a whole; none where it is accepted. */
  readonly rejections: readonly string[];
  /** Why the n-th item (from 0) of an accepted one is disputed; undefined where it is accepted. */
  reasonFor(index: number): string | undefined;
  /** Where an accepted one without any item differs from ours; undefined where it does not. */
  readonly contractReason?: string | undefined;
}

/** A FlexOrderSettlementStatus: Accepted, or Disputed with its reason. */
interface SettlementStatus {
  readonly OrderReference?: string;
  readonly Disposition: 'Accepted' | 'Disputed';
  readonly DisputeReason?: string;
}

/**
 * The FlexSettlementResponse with the status of every order. The schema wants at least one, also of a settlement of
 * contracts alone, where it is of no order; and in a rejection, where each is disputed with the reason for it.
 */
export function settlementResponse(message: Message<'FlexSettlement'>, verdict: SettlementVerdict) {
  const rejected = verdict.rejections.length > 0;
  const RejectionReason = verdict.rejections.join(';');
  const items = message.FlexOrderSettlement;
  const statuses = items.map(({ OrderReference }, index) => ({
    ...(OrderReference !== undefined && { OrderReference }),
    ...disposition(rejected ? RejectionReason : verdict.reasonFor(index)),
  }));
  const ofNoOrder = disposition(rejected ? RejectionReason : verdict.contractReason);
  return {
    type: 'FlexSettlementResponse',
    ...referenceTo(message),
    Result: rejected ? 'Rejected' : 'Accepted',
    ...(rejected && { RejectionReason }),
    FlexOrderSettlementStatus: items.length > 0 ? statuses : [ofNoOrder],
  };
}

function disposition(DisputeReason: string | undefined): SettlementStatus {
  return DisputeReason === undefined
    ? { Disposition: 'Accepted' }
    : { Disposition: 'Disputed', DisputeReason };
}

/** What a DisputeReason says of a day of a contract; undefined where there is nothing to say. */
export function contractRemark({ contractId, period, reason }: JudgedContract): Difference | undefined {
  return reason === undefined
    ? undefined
    : { text: `ContractSettlement ${contractId} on ${period}: ${reason}` };
}

/** Where stated contracts differ from ours, for a settlement that has no order at which to say it. */
export function contractReasonOf(contracts: readonly JudgedContract[]): string | undefined {
  const stated = contracts.filter((each) => each.stated.length > 0);
  return reasonOf(stated.flatMap((each) => contractRemark(each) ?? []));
}
