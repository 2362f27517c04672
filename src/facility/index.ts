// The facility: who has which breakpoint where, as one pure state and the events that change it. Public subpath `hwbkpt/facility`.
export { FacilityError } from './errors.js';
export type { ArmOrder, Cause, Effect, FacilityEvent, HardwareEffect, Notice } from './events.js';
export { HitRoutes } from './hit-routes.js';
export {
  BSD_USER_END,
  highHalf,
  isKernelAddress,
  isUserRange,
  LINUX_USER_END,
  type Linear,
  linearOf,
  linearOfU64,
  lowHalf,
  u64OfLinear,
} from './linear.js';
export { type Code, type PieceSpec, PRIORITY, type Request, type RequestId, type RequestSpec, type Scope, sameScope } from './request.js';
export type { Errno, KernelName, Rules } from './rules.js';
export { copyFacility, type Facility, newFacility, requestOf, SLOTS } from './state.js';
export { step } from './step.js';
