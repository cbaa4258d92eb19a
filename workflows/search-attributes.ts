import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { SEARCH_ATTRIBUTES } from '../base/search-attributes.ts';

/** The keys under which conversations are found, typed for the SDK. */
export const SEARCH = {
  dso: defineSearchAttributeKey(SEARCH_ATTRIBUTES.dso, SearchAttributeType.KEYWORD),
  period: defineSearchAttributeKey(SEARCH_ATTRIBUTES.period, SearchAttributeType.KEYWORD),
  phase: defineSearchAttributeKey(SEARCH_ATTRIBUTES.phase, SearchAttributeType.KEYWORD),
} as const;
