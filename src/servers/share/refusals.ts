// Errors over the socket: what a command that has joined prints is what it would have printed without an owner between.
import { HwbkptError } from '../../base/errors.js';
import { PartError } from '../../expressions/index.js';
import type { WireRefusal } from '../../protocols/share/index.js';
import { CoverError } from '../../registers/index.js';
import { RemoteError } from './errors.js';

const SLOTS = 4;

export function refusalOf(error: unknown): WireRefusal {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof HwbkptError)) return { code: 'internal', message, hint: null, marked: null, shortage: null };
  return { code: error.code, message, hint: error.hint ?? null, marked: markedOf(error), shortage: shortageOf(error) };
}

/** As the command line shows it: not where the whole expression is meant. */
function markedOf(error: HwbkptError): string | null {
  return error instanceof PartError && error.position !== 0 ? error.marked : null;
}

function shortageOf(error: HwbkptError): WireRefusal['shortage'] {
  if (!(error instanceof CoverError)) return null;
  const { address, length, slotsNeeded, slotsFree, fitting } = error;
  return { address, length, slotsNeeded, slotsFree, fitting };
}

/** The error that `refusal` tells of. */
export function errorOf(refusal: WireRefusal): HwbkptError {
  return refusal.shortage === null ? new RemoteError(refusal) : new CoverError(refusal.shortage, SLOTS);
}
