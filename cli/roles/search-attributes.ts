import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { SEARCH_ATTRIBUTES } from '../../base/search-attributes.ts';

const KEYWORD = proto.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD;
const names = Object.values(SEARCH_ATTRIBUTES);

/** Makes the search attributes known to a Temporal server that does not know them yet. */
export async function ensureSearchAttributes({ connection, options }: Client): Promise<void> {
  const { namespace } = options;
  const known = async (): Promise<readonly string[]> => {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    return Object.keys(customAttributes ?? {});
  };
  const have = await known();
  const missing = names.filter((name) => !have.includes(name));
  if (missing.length === 0) return;
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(missing.map((name) => [name, KEYWORD])),
  });
}
