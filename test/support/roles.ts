import { type GuardedProcess, type Part, type RoleSpec, spawnRole } from '../../services/index.ts';

/** The roles of a rehearsal, to be killed and started again while the rest of it runs on. */
export class Roles {
  readonly #roles = new Map<string, { spec: RoleSpec; running: GuardedProcess }>();

  /** Starts a role for a supervisor that is to stop it, and that is not to mind its death. */
  readonly spawn = async (spec: RoleSpec): Promise<Part> => {
    await this.#start({ execArgv: ['--import', 'tsx', '--conditions=flexor-source'], ...spec });
    return { stop: (graceMs) => this.#of(spec.name).running.stop(graceMs) };
  };

  /** SIGKILL: the role has no chance to finish anything. Resolves when it is dead. */
  async kill(name: string): Promise<void> {
    const { running } = this.#of(name);
    process.kill(running.pid, 'SIGKILL');
    await running.exited;
  }

  /** SIGTERM: the role finishes what it has begun. Resolves when it has ended. */
  async stop(name: string): Promise<void> {
    await this.#of(name).running.stop();
  }

  /** Starts a role that has ended, as it was started before. */
  restart(name: string): Promise<void> {
    return this.#start(this.#of(name).spec);
  }

  async #start(spec: RoleSpec): Promise<void> {
    this.#roles.set(spec.name, { spec, running: await spawnRole(spec) });
  }

  #of(name: string) {
    const role = this.#roles.get(name);
    if (role) return role;
    throw new Error(`No role ${name} was started.`);
  }
}
