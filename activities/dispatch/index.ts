import type { Activities } from '../contract.ts';
import type { Dependencies } from '../dependencies.ts';
import { dispatchOrder } from './dispatch-order.ts';
import { measureDelivery } from './measure-delivery.ts';

export { dispatchAt } from './choose.ts';

/** Activities between an order and its settlement. */
export function dispatchActivities(
  deps: Dependencies,
): Pick<Activities, 'dispatchOrder' | 'measureDelivery'> {
  return {
    dispatchOrder: (input) => dispatchOrder(deps, input),
    measureDelivery: (input) => measureDelivery(deps, input),
  };
}
