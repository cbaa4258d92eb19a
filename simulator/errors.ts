import { FlexorError } from '../base/errors.ts';

export type SimulatorErrorCode =
  | 'simulator.clock-missing'
  | 'simulator.clock-invalid'
  | 'simulator.clock-backwards'
  | 'simulator.config-invalid'
  | 'simulator.partner-unknown'
  | 'simulator.not-delivered'
  | 'simulator.wait-timeout'
  | 'simulator.stopped'
  | 'simulator.offer-unknown'
  | 'simulator.option-unknown'
  | 'simulator.order-unknown'
  | 'simulator.readings-incomplete'
  | 'simulator.orders-opposed'
  | 'simulator.wrong-role'
  | 'simulator.request-invalid'
  | 'simulator.operator-refused'
  | 'simulator.control-failed';

/** Every error of the simulator room. */
export class SimulatorError extends FlexorError<SimulatorErrorCode> {}
