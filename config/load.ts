import { dirname, resolve } from 'node:path';
import { Temporal } from 'temporal-polyfill';
import { readEnvironment } from './environment.ts';
import { ConfigError, type Problem, invalidConfig } from './errors.ts';
import { isLoopback } from './fields.ts';
import { findingsOf, located } from './problems.ts';
import { crossCheck } from './references.ts';
import {
  type Contract,
  type Cro,
  type Dso,
  type Participant,
  type Settings,
  type Strategy,
  configSchema,
} from './schema.ts';
import type { ForecastSource } from './sections/baseline.ts';
import type { DispatchSettings } from './sections/dispatch.ts';
import { type Environment, type SecretRef, anchored, looseFileWarning, readSecret } from './secrets.ts';
import { readSource } from './source.ts';

/** The configuration of one Flexor: the file's settings with the environment applied, and what is asked of them. */
export interface Config extends Settings {
  /** The file it came from, absolute. */
  readonly file: string;
  /** Where Postgres is; absent: the embedded one. Holds a password: never log it. */
  readonly databaseUrl?: string;
  /** Where Temporal is; without `address`: the embedded one. */
  readonly temporal: { readonly address?: string; readonly namespace: string };
  /** What is allowed but not wise, in sentences. */
  readonly warnings: readonly string[];
  /**
   * Reads a secret when it is needed, so that a process needs only its own.
   *
   * @throws ConfigError `config.secret-missing`
   */
  secret(ref: SecretRef): string;
  participant(domain: string, role: 'DSO'): Dso | undefined;
  participant(domain: string, role: 'CRO'): Cro | undefined;
  participant(domain: string, role: string): Participant | undefined;
  dsos(): Dso[];
  cros(): Cro[];
  contract(id: string): Contract | undefined;
}

/**
 * Reads the configuration: the YAML `file` (or the one FLEXOR_CONFIG names), overridden by `env`. No secret is
 * read; relative paths begin at the file's folder.
 *
 * @throws ConfigError `config.file-missing`, or `config.invalid` with every problem at once
 */
export function loadConfig(file: string | undefined, env: Environment): Config {
  const named = file ?? (env['FLEXOR_CONFIG'] || undefined);
  if (named === undefined) {
    throw new ConfigError(
      'config.file-missing',
      'No configuration file was named.',
      'Name it with --config or FLEXOR_CONFIG; `flexor init` writes an example.',
    );
  }
  const path = resolve(named);
  const { settings, problems } = readSettings(path);
  const environment = readEnvironment(env);
  const all = [...problems, ...environment.problems];
  if (!settings || !environment.variables || all.length > 0) throw invalidConfig(path, all);

  const { variables } = environment;
  const folder = dirname(path);
  const merged: Settings = {
    ...settings,
    identity: { ...settings.identity, signingKey: anchored(settings.identity.signingKey, folder) },
    uftp: {
      ...settings.uftp,
      host: variables.FLEXOR_UFTP_HOST ?? settings.uftp.host,
      port: variables.FLEXOR_UFTP_PORT ?? settings.uftp.port,
    },
    operator: {
      host: variables.FLEXOR_OPERATOR_HOST ?? settings.operator.host,
      port: variables.FLEXOR_OPERATOR_PORT ?? settings.operator.port,
      token: anchored(settings.operator.token, folder),
    },
    dataDir: resolve(folder, settings.dataDir),
    participants: settings.participants.map((participant) => anchoredFiles(participant, folder)),
    strategy: anchoredSecret(settings.strategy, folder),
    strategies: settings.strategies.map((strategy) => anchoredSecret(strategy, folder)),
    forecast: anchoredSecret(settings.forecast, folder),
    forecasts: settings.forecasts.map((forecast) => anchoredSecret(forecast, folder)),
    dispatch: anchoredSecret(settings.dispatch, folder),
    dispatches: settings.dispatches.map((dispatch) => anchoredSecret(dispatch, folder)),
    alerts: anchoredAlerts(settings.alerts, folder),
  };
  const dsos = merged.participants.filter((participant) => participant.role === 'DSO');
  const cros = merged.participants.filter((participant) => participant.role === 'CRO');
  return {
    ...merged,
    file: path,
    ...(variables.DATABASE_URL !== undefined && { databaseUrl: variables.DATABASE_URL }),
    temporal: {
      ...(variables.TEMPORAL_ADDRESS !== undefined && { address: variables.TEMPORAL_ADDRESS }),
      namespace: variables.TEMPORAL_NAMESPACE,
    },
    warnings: warningsAbout(merged),
    secret: (ref) => readSecret(ref, env),
    participant: ((domain: string, role: string) =>
      merged.participants.find((one) => one.domain === domain && one.role === role)) as Config['participant'],
    dsos: () => dsos,
    cros: () => cros,
    contract: (id) => merged.contracts.find((contract) => contract.id === id),
  };
}

function readSettings(file: string): { settings?: Settings; problems: Problem[] } {
  const source = readSource(file);
  if (source.problems.length > 0) return { problems: source.problems };
  const tree = source.tree ?? {};
  const read = configSchema.safeParse(tree, { reportInput: true });
  const findings = [...findingsOf(read.success ? [] : read.error.issues), ...crossCheck(tree)];
  return { ...(read.success && { settings: read.data }), problems: located(findings, source.lineOf) };
}

function anchoredFiles<T extends Participant>(participant: T, folder: string): T {
  const { tls, oauth } = participant;
  return {
    ...participant,
    ...(tls && {
      tls: {
        ...(tls.ca && { ca: anchored(tls.ca, folder) }),
        ...(tls.cert && { cert: anchored(tls.cert, folder) }),
        ...(tls.key && { key: anchored(tls.key, folder) }),
      },
    }),
    ...(oauth && { oauth: { ...oauth, clientSecret: anchored(oauth.clientSecret, folder) } }),
  };
}

function anchoredAlerts({ webhook }: Settings['alerts'], folder: string): Settings['alerts'] {
  return webhook ? { webhook: { ...webhook, secret: anchored(webhook.secret, folder) } } : {};
}

function anchoredSecret<T extends Strategy | ForecastSource | DispatchSettings>(
  settings: T,
  folder: string,
): T {
  if (settings.kind !== 'webhook') return settings;
  return { ...settings, secret: anchored(settings.secret, folder) };
}

/** Every secret that the configuration names, and files that go with them. */
export function secretsOf(settings: Settings): SecretRef[] {
  const { identity, operator, participants, strategy, strategies, forecast, forecasts } = settings;
  const { dispatch, dispatches, alerts } = settings;
  const theirs = participants.flatMap(({ tls, oauth }) => [tls?.key, oauth?.clientSecret]);
  const choices = [strategy, ...strategies, forecast, ...forecasts, dispatch, ...dispatches];
  const webhooks = choices.map((each) => (each.kind === 'webhook' ? each.secret : undefined));
  return [identity.signingKey, operator.token, ...theirs, ...webhooks, alerts.webhook?.secret].filter(
    (ref) => ref !== undefined,
  );
}

function warningsAbout(settings: Settings): string[] {
  const warnings = secretsOf(settings)
    .map(looseFileWarning)
    .filter((warning) => warning !== undefined);
  if (!isLoopback(settings.operator.host)) {
    warnings.push(
      `The operator door listens on ${settings.operator.host}, without TLS of its own: keep it behind a proxy or on a closed network.`,
    );
  }
  for (const { domain, delivery } of settings.participants) {
    // UFTP 3.x, "Message transport": routine messages are tried for at least one hour.
    if (Temporal.Duration.compare(delivery.window, 'PT1H') < 0) {
      warnings.push(`Messages to ${domain} are tried for less than the hour that the protocol asks for.`);
    }
  }
  return warnings;
}
