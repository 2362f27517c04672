// What a caller of the facility can do wrong. Where hardware or another user is the reason, there is a `refuse` effect instead.
import { HwbkptError } from '../base/errors.js';

/** A call that no state of the facility could serve. */
export class FacilityError extends HwbkptError {
  readonly code: `facility-${FacilityFault}`;

  constructor(fault: FacilityFault, message: string, hint?: string) {
    super(message, hint === undefined ? {} : { hint });
    this.code = `facility-${fault}`;
  }
}

/** `in-callback`: a triggered callback may not register or unregister. */
export type FacilityFault = 'in-callback' | 'unknown-request' | 'known-request' | 'bad-request' | 'unknown-effect';
