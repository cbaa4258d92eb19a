import { FlexorError } from '../base/index.ts';
import type { FlexRequestState, OfferStatus } from '../market/flex-request/index.ts';
import { scenario } from '../simulator/index.ts';
import { addDays, type Message } from '../uftp/index.ts';
import { workflowIds } from '../workflows/ids.ts';
import type { ConversationReport } from './operator-client.ts';
import { type Rehearsal, until } from './rehearsal.ts';

/** Tells a step that really happened: who did what. */
export type Tell = (line: string) => void;

export const { AGR_DOMAIN, DSO_DOMAIN, CRO_DOMAIN, market } = scenario;

/** The story of tomorrow, as it stands on the market's clock. */
export const storyOf = ({ stage }: Rehearsal) => scenario.standardStory(stage.clock.now().toISOString());

/** Flexor tells the CRO what it represents, and keeps the answer. */
export async function syncPortfolio({ cro, operator }: Rehearsal, period: string, tell: Tell): Promise<void> {
  await operator.syncPortfolio(CRO_DOMAIN);
  // The first message of all: on a busy machine the worker takes its time to start.
  const { message: update } = await cro.wait('AGRPortfolioUpdate', { timeoutMs: 120_000 });
  tell(`Flexor registers ${update.Connection.length} connections with ${CRO_DOMAIN}: AGRPortfolioUpdate.`);
  await cro.wait('AGRPortfolioQuery');
  const viewOf = (day: string) =>
    until(() => operator.portfolioView(CRO_DOMAIN, day), `the view of the CRO for ${day}`);
  const view = await viewOf(period);
  await viewOf(addDays(period, -1));
  const points = view.congestionPoints.map(({ congestionPoint }) => congestionPoint).join(', ');
  tell(`It asks where they are, tomorrow and today, and keeps the answers: ${points}.`);
}

/** Everything that a request needs: the portfolio is registered, the baseline known. */
export async function setUp(on: Rehearsal, tell: Tell): Promise<ReturnType<typeof storyOf>> {
  const story = storyOf(on);
  await syncPortfolio(on, story.period, tell);
  await on.operator.putBaseline(story.baseline);
  return story;
}

/** A conversation that goes on: its workflow, and ways to wait for what it comes to. */
export function watch({ operator }: Rehearsal, workflowId: string) {
  const report = (): Promise<ConversationReport | undefined> => operator.conversation(workflowId);
  const state = (what: string, fits: (state: FlexRequestState) => boolean): Promise<FlexRequestState> =>
    until(async () => {
      const snapshot = (await report())?.conversation.snapshot;
      return snapshot && fits(snapshot) ? snapshot : undefined;
    }, what);
  return {
    workflowId,
    state,
    /** The report of the conversation once it stands so. */
    ended: (phase: FlexRequestState['phase']): Promise<ConversationReport> =>
      until(async () => {
        const found = await report();
        return found?.conversation.state === phase ? found : undefined;
      }, `the conversation to be ${phase}`),
    offerIs: (status: OfferStatus, index = 0) =>
      state(`the offer to be ${status}`, ({ offers }) => offers[index]?.status === status),
    alert: (key: string) =>
      until(
        async () => (await operator.alerts(workflowId)).find((alert) => alert.key.startsWith(key)),
        `the alert ${key}`,
      ),
  };
}

export type Watch = ReturnType<typeof watch>;

/** The DSO asks for flexibility, and Flexor accepts the request. */
export async function ask(on: Rehearsal, tell: Tell, changes: object = {}) {
  const { request: usual, period } = storyOf(on);
  const request = await on.dso.requestFlex({ ...usual, ...changes });
  const { MinPower, MaxPower } = request.ISP.find(({ Disposition }) => Disposition === 'Requested')!;
  tell(
    `${DSO_DOMAIN} sends a FlexRequest for ${period}: ${-MaxPower / 1000} to ${-MinPower / 1000} kW less in the evening peak.`,
  );
  accepted(await on.dso.wait('FlexRequestResponse', { answers: request.MessageID }));
  return { request, talk: watch(on, workflowIds.flexRequest(DSO_DOMAIN, request.MessageID)) };
}

/** The DSO has an offer in its hands, and Flexor knows that it accepted it. */
export async function offered(on: Rehearsal, tell: Tell, changes: object = {}) {
  const { request, talk } = await ask(on, tell, changes);
  const { message: offer } = await on.dso.wait('FlexOffer', { conversation: request.ConversationID });
  tell(`Flexor ${saysOffer(offer)}.`);
  await talk.offerIs('Open');
  tell(`${DSO_DOMAIN} accepts the offer: FlexOfferResponse.`);
  return { request, offer, talk };
}

/** What an offer says, in a few words. */
export function saysOffer({ OfferOption, Currency }: Message<'FlexOffer'>): string {
  const options = OfferOption.map(({ ISP, Price }) => `${kilowatts(ISP[0]!.Power)} for ${Price} ${Currency}`);
  return `offers ${options.join(', or ')}`;
}

/** The DSO's orders are answered. */
export async function answerTo(on: Rehearsal, order: Message<'FlexOrder'>) {
  const { message } = await on.dso.wait('FlexOrderResponse', { answers: order.MessageID });
  return message;
}

type Response = Extract<Message, { Result: string }>;

export function accepted({ message }: { readonly message: Message }): void {
  expectResult(message as Response, 'Accepted');
}

export function expectResult(
  message: { type: string; Result: string; RejectionReason?: string | undefined },
  result: string,
): void {
  if (message.Result !== result) {
    throw failed(`${message.type} says ${message.Result} ${message.RejectionReason ?? ''}, not ${result}`);
  }
}

/** What has to be so, or the story did not happen. */
export function check(holds: boolean, what: string): void {
  if (!holds) throw failed(`it is not so that ${what}`);
}

export function failed(what: string): FlexorError {
  return new FlexorError(
    'rehearsal.step-failed',
    `The story did not go as told: ${what}.`,
    'Look at the logs.',
  );
}

export const kilowatts = (watts: number): string => `${watts / 1000} kW`;

/** An instant (UTC) some minutes later on the market's clock. */
export const inMinutes = ({ stage }: Rehearsal, minutes: number): string =>
  new Date(stage.clock.now().getTime() + minutes * 60_000).toISOString();
