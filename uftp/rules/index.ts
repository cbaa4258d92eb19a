export { currencyDecimals } from './currency.ts';
export {
  ANSWERING_RULES,
  checkOutgoing,
  EMISSION_RULES,
  type EmissionContext,
  type EmissionRuleName,
} from './emission.ts';
export { judge, judgeAlone, type Rejection, rejectionReason } from './judge.ts';
export type * from './knowledge.ts';
export { type MatchedReason, matchReason, matchReasons } from './matching.ts';
export type { AloneRule, Market, Rule, RuleContext, Texts, Verdict } from './rule.ts';
export { FAMILIES, type RuleName, RULES } from './table.ts';
export { meansSuccess } from './wording.ts';
