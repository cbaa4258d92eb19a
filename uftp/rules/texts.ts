/**
 * Rejection texts of UFTP 3.x that are given not only by the rules: whoever keeps own offers and contracts finds
 * the same faults with more knowledge, and one fault has one text. A leaf, so that workflows may use it.
 */
export const TEXTS = {
  offerUnknown: 'Unknown reference FlexOfferMessageID',
  referenceExpired: 'Reference message expired',
  referenceRevoked: 'Reference message revoked',
  /** An order on an offer that the DSO itself refused: the spec has no text for it but the general one. */
  offerRefused: 'Invalid Message: the FlexOffer was rejected',
  periodMismatch: 'Reference Period mismatch',
  congestionPointInvalid: 'Invalid congestion point',
  orderedBefore: 'FlexOffer already ordered',
  optionUnknown: 'Unknown reference OptionReference',
  activationFactor: 'Activation factor out of bounds',
  ispMismatch: 'ISP mismatch',
  powerMismatch: 'Power mismatch',
  priceMismatch: 'Price mismatch',
  baselineMismatch: 'Baseline mismatch',
  orderReferenceRepeated: 'OrderReference not unique',
  powerValue: 'Power value rejection',
  deadlineExpired: 'Deadline expired',
  contractUnknown: 'Unknown reference ContractID',
  periodOutOfBounds: 'Period out of bounds',
  alreadySubmitted: 'Already Submitted',
} as const;
