import { element, many, optional, required } from '../definition/element.ts';
import { request, responseTo } from '../definition/message.ts';
import { scalar } from '../definition/scalar.ts';

const timeZone = { TimeZone: required(scalar.timeZone, 'Time zone in which the days are meant.') };
const askedDay = { ...timeZone, Period: required(scalar.day, 'The day the answer is valid for.') };

const represented = {
  EntityAddress: required(scalar.entityAddress, 'The connection.'),
  StartPeriod: required(scalar.day, 'First day, inclusive.'),
  EndPeriod: optional(scalar.day, 'Last day, inclusive; absent means until further notice.'),
};

const tradingFlags = {
  MutexOffersSupported: required(scalar.boolean, 'Whether an offer may carry several OfferOptions.'),
  DayAheadRedispatchBy: required(scalar.redispatchBy, 'Who redispatches day-ahead orders.'),
  IntradayRedispatchBy: optional(
    scalar.redispatchBy,
    'Who redispatches intraday orders; absent: no intraday.',
  ),
};

export const AGRPortfolioUpdate = request(
  {
    name: 'AGRPortfolioUpdate',
    from: 'AGR',
    to: 'CRO',
    answeredBy: 'AGRPortfolioUpdateResponse',
    doc: 'The aggregator registers the connections it represents.',
  },
  timeZone,
  { Connection: many(element(represented), { relaxed: 'portfolio-update-without-connection' }) },
);

export const AGRPortfolioUpdateResponse = responseTo({
  name: 'AGRPortfolioUpdateResponse',
  from: 'CRO',
  to: 'AGR',
  answers: 'AGRPortfolioUpdate',
  reference: 'AGRPortfolioUpdateMessageID',
  doc: 'The CRO accepts or rejects a portfolio update.',
});

export const AGRPortfolioQuery = request(
  {
    name: 'AGRPortfolioQuery',
    from: 'AGR',
    to: 'CRO',
    answeredBy: 'AGRPortfolioQueryResponse',
    doc: 'The aggregator asks which congestion points its connections are on, for one day.',
  },
  askedDay,
);

const connection = element({ EntityAddress: required(scalar.entityAddress, 'The connection.') });

const viewedCongestionPoint = element(
  { EntityAddress: required(scalar.entityAddress, 'The congestion point.'), ...tradingFlags },
  { Connection: many(connection) },
);

const dsoPortfolio = element(
  { 'DSO-Domain': required(scalar.domain, 'Internet domain of the DSO.') },
  { CongestionPoint: many(viewedCongestionPoint) },
);

const dsoView = element(
  {},
  {
    'DSO-Portfolio': many(dsoPortfolio, { relaxed: 'query-response-without-view' }),
    Connection: many(connection, { least: 0 }),
  },
);

export const AGRPortfolioQueryResponse = responseTo(
  {
    name: 'AGRPortfolioQueryResponse',
    from: 'CRO',
    to: 'AGR',
    answers: 'AGRPortfolioQuery',
    reference: 'AGRPortfolioQueryMessageID',
    doc: 'Per DSO the congestion points with the own connections on them, and connections on none.',
  },
  askedDay,
  { 'DSO-View': many(dsoView, { relaxed: 'query-response-without-view' }) },
);

export const DSOPortfolioUpdate = request(
  {
    name: 'DSOPortfolioUpdate',
    from: 'DSO',
    to: 'CRO',
    answeredBy: 'DSOPortfolioUpdateResponse',
    doc: 'The DSO registers its congestion points and the connections on them.',
  },
  timeZone,
  {
    CongestionPoint: many(
      element({ ...represented, ...tradingFlags }, { Connection: many(element(represented)) }),
    ),
  },
);

export const DSOPortfolioUpdateResponse = responseTo({
  name: 'DSOPortfolioUpdateResponse',
  from: 'CRO',
  to: 'DSO',
  answers: 'DSOPortfolioUpdate',
  // The schema of both versions spells it so, with Response in the middle.
  reference: 'DSOPortfolioUpdateResponseMessageID',
  doc: 'The CRO accepts or rejects an update of congestion points.',
});

export const DSOPortfolioQuery = request(
  {
    name: 'DSOPortfolioQuery',
    from: 'DSO',
    to: 'CRO',
    answeredBy: 'DSOPortfolioQueryResponse',
    doc: 'The DSO asks which aggregators are active on one congestion point, for one day.',
  },
  { ...askedDay, EntityAddress: required(scalar.entityAddress, 'The congestion point asked about.') },
);

export const DSOPortfolioQueryResponse = responseTo(
  {
    name: 'DSOPortfolioQueryResponse',
    from: 'CRO',
    to: 'DSO',
    answers: 'DSOPortfolioQuery',
    reference: 'DSOPortfolioQueryMessageID',
    doc: 'The connections of the congestion point and the aggregator of each.',
  },
  askedDay,
  {
    CongestionPoint: many(
      element(
        { EntityAddress: required(scalar.entityAddress, 'The congestion point.') },
        {
          Connection: many(
            element({
              EntityAddress: required(scalar.entityAddress, 'The connection.'),
              'AGR-Domain': optional(scalar.domain, 'The aggregator that represents it.'),
            }),
          ),
        },
      ),
      { least: 0, most: 1 },
    ),
  },
);
