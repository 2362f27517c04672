// What can go wrong between the users of one target.
import { HwbkptError } from '../../base/errors.js';

/** A client that only watches has asked to steer threads or to change them. */
export class NotInControlError extends HwbkptError {
  readonly code = 'not-in-control';
  /** As it called itself. */
  readonly client: string;

  constructor(client: string, what: string) {
    super(`${client} only watches: it may not ${what}`, { hint: 'Join with the role `controls`.' });
    this.client = client;
  }
}

/** The client has left, or its target is gone. */
export class ClientClosedError extends HwbkptError {
  readonly code = 'client-closed';
  readonly client: string;

  constructor(client: string, because: string) {
    super(`${client} is no client any more: ${because}`, { hint: 'Join again, or attach to the process anew.' });
    this.client = client;
  }
}

/** The engine of this target never stops a thread. */
export class NoControlError extends HwbkptError {
  readonly code = 'no-control';
  readonly engine: string;

  constructor(engine: string) {
    super(`the ${engine} engine does not stop threads`, { hint: 'Take --engine stop.' });
    this.engine = engine;
  }
}
