import { encode, isVersion, type MessageDraft } from '../uftp/index.ts';
import { writeXml } from '../uftp/codec/encode.ts';

/**
 * Encodes strictly, except for the one message that the schema cannot express: an AGRPortfolioQueryResponse
 * without a DSO-Portfolio. The prose asks for it when a query is rejected or no DSO is concerned, the schema
 * demands a portfolio always, and a common reference operator has to say something.
 */
export function encodeAsPeersDo(draft: MessageDraft): Uint8Array {
  const isPortfolioless =
    draft.type === 'AGRPortfolioQueryResponse' &&
    !draft.DSOView?.some((view) => view.DSOPortfolio.length > 0);
  if (!isPortfolioless || !isVersion(draft.Version)) return encode(draft);

  const { type, DSOView = [], ...attributes } = draft;
  const connections = DSOView.flatMap((view) => view.Connection);
  const connection = ({ EntityAddress }: { EntityAddress: string }) => ({
    name: 'Connection',
    attributes: { EntityAddress },
    children: [],
  });
  const view = { name: 'DSO-View', attributes: {}, children: connections.map(connection) };
  return new TextEncoder().encode(
    writeXml({ name: type, attributes, children: connections.length > 0 ? [view] : [] }),
  );
}
