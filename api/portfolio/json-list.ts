import { z } from 'zod';
import { pathText } from '../../config/keys.ts';
import type { ConnectionList, ListedConnection } from './listed.ts';

/** A list as JSON: connections in the words of the configuration. */
export const jsonList = z.strictObject({ connections: z.array(z.unknown()) });

/** Gathers a list of connections; problems name the place in the list and the path in it. */
export function gatherJsonList({ connections }: z.infer<typeof jsonList>, list: ConnectionList): void {
  for (const [index, each] of connections.entries()) {
    list.take(index + 1, each as ListedConnection, (path) => pathText(path) || 'connection');
  }
}
