// Numbers in options.
import type { Invocation } from './command-spec.js';
import { UsageError } from './errors.js';

/** The value of an option that takes a whole number of at least `least`; null where it is absent. Throws UsageError. */
export function wholeNumber(text: Invocation['options'][string], option: string, least: number): number | null {
  if (typeof text !== 'string') return null;
  if (!/^\d+$/.test(text) || Number(text) < least || !Number.isSafeInteger(Number(text)))
    throw new UsageError(`${option} takes a whole number from ${least}, not ${JSON.stringify(text)}`);
  return Number(text);
}
