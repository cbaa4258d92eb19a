import type { Config } from '../../config/index.ts';
import type { ParticipantRecord, Role } from '../../uftp/index.ts';

/** The participants of the configuration, as discovery wants them. */
export function configuredParticipants(
  config: Config,
): (ParticipantRecord & { readonly domain: string; readonly role: Role })[] {
  return config.participants.map(({ domain, role, publicKeys, endpoint, allowHttp, version }) => ({
    domain,
    role,
    publicKeys: publicKeys.map(String),
    endpoint: { url: endpoint, allowHttp },
    versions: [version],
  }));
}
