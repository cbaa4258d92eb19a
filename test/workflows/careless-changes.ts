/**
 * What must never be released without a patch: a change of every recorded workflow that somebody might make in good
 * faith, in the text of the bundle.
 */
export const CARELESS_CHANGES: readonly {
  readonly types: readonly string[];
  readonly what: string;
  /** Stands once in the bundle. */
  readonly from: RegExp;
  readonly to: string;
}[] = [
  {
    types: ['capacityCheck'],
    what: 'it looks twice',
    from: /return checkCapacity\(\)/,
    to: 'await checkCapacity(); $&',
  },
  {
    types: ['dPrognosis'],
    what: 'nothing is recorded',
    from: /await recordPrognosis\(state\);/,
    to: '',
  },
  {
    types: ['flexRequest', 'unsolicitedFlex'],
    what: 'the phase is no search attribute any more',
    from: /\(0,\w+\.upsertSearchAttributes\)\(/,
    to: 'void (',
  },
  {
    types: ['metering'],
    what: 'what is due is sent twice',
    from: /let standing = await \(0,(\w+)\.sendDueMeterings\)\(day\);/,
    to: 'await (0,$1.sendDueMeterings)(day); $&',
  },
  {
    types: ['meteringRound'],
    what: 'it looks for days twice',
    from: /const periods = await \(0,(\w+)\.meteringDays\)\(/,
    to: 'await (0,$1.meteringDays)({}); $&',
  },
  {
    types: ['portfolioDaily'],
    what: 'it waits a second before it asks',
    from: /await \(0,(\w+)\.startChild\)\(\w+\.workflowTypes\.portfolioSync/,
    to: 'await (0,$1.sleep)(1000); $&',
  },
  {
    types: ['portfolioSync'],
    what: 'the stages are not recorded',
    from: /await \(0,\w+\.recordSync\)\(standing\)/,
    to: 'undefined',
  },
  {
    types: ['prognosisRound'],
    what: 'it starts them twice',
    from: /return startPrognoses\(key\)/,
    to: 'await startPrognoses(key); $&',
  },
  {
    types: ['redelivery'],
    what: 'it sends twice',
    from: /await \(0,\w+\.redeliver\)\(input\);/,
    to: '$& $&',
  },
  {
    types: ['reply'],
    what: 'it answers twice',
    from: /await \(0,\w+\.reply\)\(input\);/,
    to: '$& $&',
  },
  {
    types: ['reservation'],
    what: 'nobody is told',
    from: /await \(0,\w+\.announceReservation\)\(/,
    to: 'void (',
  },
  {
    types: ['settlement'],
    what: 'nobody is told',
    from: /await \(0,\w+\.announceSettlement\)\(/,
    to: 'void (',
  },
];
