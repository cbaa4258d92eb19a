/**
 * By these, conversations are found in Temporal's own UI. All are keywords, and none says anything about a person
 * or a connection. A Temporal server has to know them before a workflow names them.
 */
export const SEARCH_ATTRIBUTES = {
  dso: 'FlexorDSO',
  period: 'FlexorPeriod',
  phase: 'FlexorPhase',
} as const;
