import { z } from 'zod';
import { field } from './body.ts';

/** UFTP CurrencyAmountType: at most four decimals. Written as text, because a number loses its decimals. */
const price = z.string().regex(/^-?\d{1,14}(\.\d{1,4})?$/, 'is not a decimal number in quotes');
const factor = z.string().regex(/^(0\.(0[1-9]|[1-9]\d?)|1(\.00?)?)$/, 'is not a factor from 0.01 to 1.00');

/** Power in W by ISP; + is consumption. */
export const powers = z
  .array(
    z.strictObject({
      Start: field.isp,
      Duration: z.int32().positive('is not a number of ISPs').default(1),
      Power: field.power,
    }),
  )
  .min(1, 'is empty');

const option = z.strictObject({
  /** For the whole option, in the market's currency. */
  Price: price,
  MinActivationFactor: factor.optional(),
  ISP: powers,
});

/** An operator's offer. Whether it fits the request, and whether it can be delivered, is judged where it is decided. */
export const proposal = z.strictObject({
  ExpirationDateTime: z.iso.datetime({ offset: true }).optional(),
  options: z.array(option).min(1, 'is empty').max(50, 'has more than 50 entries'),
});

export type Proposal = z.output<typeof proposal>;
