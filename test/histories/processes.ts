/**
 * What is recorded of every workflow but conversations: the history's name, the workflow's type, the test that plays
 * it, and what happens. The histories of the story were recorded by an earlier release.
 */
export const PROCESSES = [
  ...of('capacityCheck', 'small-processes', {
    'capacity-check': 'after an outage was reported, the offers on lost power are looked for',
  }),
  ...of('dPrognosis', 'd-prognosis', {
    'd-prognosis-92-isps': 'accepted, in force, frozen: the day on which clocks go forward',
    'd-prognosis-96-isps': 'accepted, in force, frozen',
    'd-prognosis-100-isps': 'accepted, in force, frozen: the day on which clocks go back',
    'd-prognosis-rejected': 'rejected for three reasons, each of them acted on',
    'd-prognosis-overtaken': 'others overtake it again and again: the next number each time, no leap',
    'd-prognosis-unanswered': 'the same bytes again, the gate closes, accepted after all',
    'd-prognosis-ordered': 'an order is held, not found, found; lost and taken back; later forecasts',
    'd-prognosis-order-not-found': 'the DSO does not find an order twice',
    'd-prognosis-no-forecast': 'a forecast that is missing, until it is uploaded',
    'd-prognosis-withdrawn': 'the point is gone, and comes back',
    'd-prognosis-first-run': 'new forecasts without end: the day goes on in a new run',
    'd-prognosis-next-run': 'knows what the run before knew, and ends with the day',
  }),
  ...of('metering', 'metering', {
    'metering-day': 'every connection is told and answered',
    'metering-corrected': 'one connection is told again: its readings changed',
    'metering-higher-revision': 'the DSO knows a higher revision: the next ones go out until it takes one',
    'metering-rejected': 'rejected, for a reason that a person has to look into',
    'metering-unanswered': 'the same bytes again, then people are told',
    'metering-first-run': 'answers without end: the day goes on in a new run',
    'metering-next-run': 'takes the answers that the run before did not wait for',
  }),
  ...of('meteringRound', 'metering', {
    'metering-round-starts': 'days are looked after that nobody looked after',
    'metering-round-idle': 'there is nothing to look after',
  }),
  ...of('portfolioDaily', 'portfolio-sync', {
    'portfolio-daily-starts': 'the daily start brings a synchronisation into being',
    'portfolio-daily-tells': 'the daily start asks the synchronisation that runs',
  }),
  ...of('portfolioSync', 'portfolio-sync', {
    'portfolio-sync-registered': 'the portfolio is registered, the CRO asked, its answer compared',
    'portfolio-sync-answered-late': 'no answer in time: the same bytes go out again, and are answered',
    'portfolio-sync-unanswered': 'no answer to those either: the operator is to look',
    'portfolio-sync-nothing-registered': 'the CRO has nothing registered: it is told, and asked again',
    'portfolio-sync-update-taken-before': 'the same update again was submitted already: it was taken',
    'portfolio-sync-view-of-nobody': 'nothing is registered, and nobody is represented: all points vanished',
    'portfolio-sync-view-misses': 'the view misses a connection: it is registered once more',
    'portfolio-sync-asked-meanwhile': 'asked while an update is in flight: served afterwards, all together',
    'portfolio-sync-first-run': 'asked about so many days that it leaves some to the next run',
    'portfolio-sync-next-run': 'begins with what the run before left to it',
  }),
  ...of('prognosisRound', 'small-processes', {
    'prognosis-round': 'the prognoses of a day are looked after',
  }),
  ...of('redelivery', 'small-processes', {
    redelivery: 'the stored answer is sent again, because its message came again',
  }),
  ...of('reply', 'small-processes', {
    reply: 'a message of no conversation is answered',
  }),
  ...of('reservation', 'small-processes', {
    'reservation-of-the-story': 'an update is accepted, and the conversations under the contract are told',
    'reservation-updates': 'updates that are accepted, refused and found wrong, until the day is over',
    'reservation-first-run': 'a DSO that updates without end: the day goes on in a new run',
    'reservation-next-run': 'knows what the run before saw, and ends with the day',
  }),
  ...of('settlement', 'settlement-disputes', {
    'settlement-disputed': 'one order is disputed',
    'settlement-rejected': 'an order is missing: all is rejected',
  }),
  ...of('settlement', 'settlement-answers', {
    'settlement-reviewed': 'an operator has the last word',
    'settlement-review-nearly-over': 'an operator is reminded, and decides',
    'settlement-review-over': 'an operator says nothing in time',
  }),
  ...of('settlement', 'settlement', {
    'settlement-accepted': 'recomputed, accepted, and its conversations told',
    'settlement-of-the-story': 'recomputed, accepted, and its conversations told',
    'settlement-of-the-story-too-early': 'rejected: the day is not over',
  }),
] as const;

export type ProcessName = (typeof PROCESSES)[number]['name'];

function of<Name extends string>(type: string, test: string, histories: Readonly<Record<Name, string>>) {
  return (Object.entries(histories) as [Name, string][]).map(([name, about]) => ({ name, type, test, about }));
}
