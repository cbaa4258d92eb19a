/** The protocol versions on the wire today. Both share one XML vocabulary; the differences are data in the definitions. */
export const VERSIONS = ['3.0.0', '3.1.0'] as const;
export type Version = (typeof VERSIONS)[number];

/** The roles of the protocol: aggregator, common reference operator, distribution system operator. */
export const ROLES = ['AGR', 'CRO', 'DSO'] as const;
export type Role = (typeof ROLES)[number];

export function isVersion(text: string): text is Version {
  return (VERSIONS as readonly string[]).includes(text);
}
