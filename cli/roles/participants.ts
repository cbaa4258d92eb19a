import { Temporal } from 'temporal-polyfill';
import type { Config, Participant } from '../../config/index.ts';
import type { OAuthProfile, ParticipantRecord, Role, TlsProfile } from '../../uftp/index.ts';

/** The participants of the configuration, as discovery wants them. Profiles bear the participant's own name. */
export function configuredParticipants(
  config: Config,
): (ParticipantRecord & { readonly domain: string; readonly role: Role })[] {
  return config.participants.map((participant) => {
    const { domain, role, publicKeys, endpoint, allowHttp, version, delivery, tls, oauth } = participant;
    const profile = profileOf(participant);
    return {
      domain,
      role,
      publicKeys: publicKeys.map(String),
      endpoint: {
        url: endpoint,
        allowHttp,
        timeoutMs: Temporal.Duration.from(delivery.timeout).total('milliseconds'),
        ...(tls && { tls: profile }),
        ...(oauth && { oauth: profile }),
      },
      versions: [version],
    };
  });
}

/**
 * The TLS material and credentials that those endpoints name, read from where the configuration says they are.
 *
 * @throws ConfigError `config.secret-missing`
 */
export function configuredProfiles(config: Config): {
  readonly tls: Readonly<Record<string, TlsProfile>>;
  readonly oauth: Readonly<Record<string, OAuthProfile>>;
} {
  const tls: Record<string, TlsProfile> = {};
  const oauth: Record<string, OAuthProfile> = {};
  for (const participant of config.participants) {
    const profile = profileOf(participant);
    if (participant.tls) {
      const { ca, cert, key } = participant.tls;
      tls[profile] = {
        ...(ca && { ca: config.secret(ca) }),
        ...(cert && { cert: config.secret(cert) }),
        ...(key && { key: config.secret(key) }),
      };
    }
    if (participant.oauth) {
      const { clientSecret, ...rest } = participant.oauth;
      oauth[profile] = {
        ...rest,
        clientSecret: config.secret(clientSecret),
        allowHttp: participant.allowHttp,
        ...(participant.tls && { tls: profile }),
      };
    }
  }
  return { tls, oauth };
}

const profileOf = ({ domain, role }: Participant): string => `${role} ${domain}`;
