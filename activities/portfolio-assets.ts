import type { Asset } from '../config/index.ts';
import type { PlacedAsset } from '../market/capacity.ts';
import type { Store } from '../store/index.ts';

/** The assets behind those of these connections that are represented on a day (`YYYY-MM-DD`). */
export async function assetsBehind(
  store: Pick<Store, 'connections'>,
  connections: readonly string[],
  period: string,
): Promise<PlacedAsset[]> {
  if (connections.length === 0) return [];
  const represented = await store.connections.activeOn(period, connections);
  return represented.flatMap(({ connection, assets }) =>
    // Checked when they came in: by the configuration, or by the import.
    (assets as readonly Asset[]).map((asset) => ({ ...asset, connection })),
  );
}
