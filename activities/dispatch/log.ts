import type { Log } from '../dependencies.ts';
import type { Dispatch } from './dispatch.ts';

/** Writes plans to the log and confirms them: for trying things out, or where somebody follows the log. */
export function logDispatch(log: Log): Dispatch {
  return {
    name: 'log',
    async handOver({ ISP, assets, ...plan }) {
      const short = (runs: typeof ISP) =>
        runs.map(({ begins, ends, Power }) => `${begins} to ${ends}: ${Power} W`);
      log.info(
        {
          ...plan,
          ISP: short(ISP),
          assets: assets.map((asset) => ({ ...asset, ISP: short(asset.ISP) })),
        },
        'the plan of an order, for the assets',
      );
      return { outcome: 'confirmed' };
    },
  };
}
