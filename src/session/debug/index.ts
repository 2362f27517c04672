// The room's door.
export type { ProcessEnd, StepRequest, StopCause, StopPolicy, ThreadStop } from '../../engines/control.js';
export { STOP_ONLY_AT_HITS, USER_REGISTER_WORDS } from '../../engines/control.js';
export { ControlError } from '../../engines/errors.js';
export type * from './client.js';
export { ClientClosedError, NoControlError, NotInControlError } from './errors.js';
export { attachShared, launchShared } from './open.js';
export { SharedTarget, type ShareOptions } from './shared-target.js';
