/** Something that may happen between a request and its money, and is decided outside the workflow of a conversation. */
export interface Elsewhere {
  readonly about: string;
  readonly test: { readonly file: string; readonly title: string };
  /** Of the workflow that answers, where there is one. */
  readonly history?: string;
}

const REPLY = 'processes/reply';

export const JUDGED_ELSEWHERE: readonly Elsewhere[] = [
  {
    about: 'an order on an offer that nobody made is rejected, and begins no conversation',
    test: {
      file: 'test/api/relay.test.ts',
      title: 'rejects an order for an offer that nobody made, and one that no contract allows',
    },
    history: REPLY,
  },
  {
    about: 'an order on an offer that was made to another DSO is rejected, and the offer stays as it is',
    test: {
      file: 'api/relay/route.test.ts',
      title: 'are rejected for an offer that was made to somebody else, or is none',
    },
    history: REPLY,
  },
  {
    about: 'a lower Revision is refused in the same conversation, and in no other',
    test: {
      file: 'test/api/money-safety.test.ts',
      title:
        'a lower Revision in the same conversation about the same day and point is refused, and no other is',
    },
    history: 'paths/request-rejected',
  },
  {
    about:
      'the peer’s clock is behind or ahead: what counts is its stamp within the tolerance, never a later instant',
    test: {
      file: 'api/relay/message.test.ts',
      title: 'is never later than the receipt: a clock that is ahead gains nothing',
    },
    history: 'paths/clocks-differ',
  },
  {
    about: 'who redispatches, day-ahead and intraday, is what the CRO said',
    test: {
      file: 'test/store/decisions.test.ts',
      title:
        'only ISPs are offered whose gate is open, and who redispatches is what the CRO says of intraday',
    },
    history: 'paths/redispatched-by-dso',
  },
  {
    about: 'after day-ahead gate closure nothing is offered where the CRO allows no intraday trading',
    test: {
      file: 'test/store/decisions.test.ts',
      title: 'nothing is traded without IntradayRedispatchBy, from the very instant on',
    },
    history: 'paths/no-intraday-trading',
  },
  {
    about: 'a newer Revision waits until no offer of the earlier one may be ordered: no watt is sold twice',
    test: {
      file: 'test/store/decisions.test.ts',
      title: 'waits until no offer of the earlier one may be ordered, then offers what that held',
    },
    history: 'paths/superseded',
  },
  {
    about: 'an order that comes after its conversation is rejected with the reason that fits its offer',
    test: {
      file: 'test/api/relay.test.ts',
      title: 'rejects an order that comes after its conversation, and shows it there',
    },
    history: REPLY,
  },
];
