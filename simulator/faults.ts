import { z } from 'zod';

/** How often a fault strikes; without `times` until it is taken back. */
const times = { times: z.int().min(1).optional() };

/** What can be made to go wrong at a simulated participant. */
export const faultPlan = z.strictObject({
  /** Posts are answered with this status and not taken. */
  refuse: z
    .strictObject({
      status: z.int().min(200).max(599),
      body: z.string().optional(),
      headers: z.record(z.string(), z.string()).optional(),
      ...times,
    })
    .optional(),
  /** Posts are taken, then the connection breaks without an answer. */
  drop: z.strictObject(times).optional(),
  /** Posts are taken, and the answer waits. */
  delay: z.strictObject({ ms: z.int().min(1), ...times }).optional(),
  /** Messages are acknowledged by HTTP, and no response message follows. */
  silence: z.strictObject(times).optional(),
  /** Messages are answered with Result="Rejected" and this reason. */
  reject: z.strictObject({ reason: z.string().min(1), ...times }).optional(),
  /** Messages are posted twice, byte for byte alike: one after the other, or both at once. */
  repeat: z.strictObject({ together: z.boolean().optional(), ...times }).optional(),
  /** Messages are signed with a key nobody knows. */
  wrongKey: z.strictObject(times).optional(),
  /** Messages are posted with this Content-Type. */
  contentType: z.strictObject({ value: z.string(), ...times }).optional(),
  /** Messages are posted in chunks, without Content-Length. */
  chunked: z.strictObject(times).optional(),
});

export type FaultPlan = z.infer<typeof faultPlan>;
export type FaultName = keyof FaultPlan;

/** The faults of one participant: switched on as a plan, used up one by one. */
export class Faults {
  #plan: FaultPlan = {};

  /** Replaces all faults; an empty plan heals the participant. */
  set(plan: FaultPlan): void {
    this.#plan = structuredClone(plan);
  }

  /** The faults still to come. */
  get plan(): FaultPlan {
    return structuredClone(this.#plan);
  }

  /** The fault if it strikes now, counted as used. */
  take<N extends FaultName>(name: N): NonNullable<FaultPlan[N]> | undefined {
    const fault = this.#plan[name];
    if (fault?.times === 1) delete this.#plan[name];
    else if (fault?.times !== undefined) fault.times -= 1;
    return fault as NonNullable<FaultPlan[N]> | undefined;
  }
}
