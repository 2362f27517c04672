// Counts and what they stand for where a watch was sampled, for people and for programs.
import type { Sampling } from './counted.js';

/** What was counted, and how many there were by that; the same where nothing was sampled. */
export interface Amount {
  readonly count: number;
  readonly estimate: number;
}

/** The two of several together. */
export function sumOf(amounts: Iterable<Amount>): Amount {
  let [count, estimate] = [0, 0];
  for (const amount of amounts) {
    count += amount.count;
    estimate += amount.estimate;
  }
  return { count, estimate };
}

function isEstimate({ count, estimate }: Amount, sampling: Sampling | null): sampling is Sampling {
  return sampling !== null && estimate !== count;
}

/** `1,234`, or `~1,234` for an estimate. */
export function amountText(amount: Amount, sampling: Sampling | null): string {
  const shown = isEstimate(amount, sampling) ? Math.round(amount.estimate) : amount.count;
  return `${isEstimate(amount, sampling) ? '~' : ''}${shown.toLocaleString('en-US')}`;
}

/** What stands behind a line: nothing where the amount is exact. */
export function samplingText(amount: Amount, sampling: Sampling | null): string {
  if (!isEstimate(amount, sampling)) return '';
  return `  (sampled: watched ${Number((sampling.watched * 100).toPrecision(2))} % of the time)`;
}

/** The same as fields; none where the amount is exact. */
export function samplingFields(amount: Amount, sampling: Sampling | null): { readonly estimate?: number; readonly watched?: number } {
  if (!isEstimate(amount, sampling)) return {};
  return { estimate: Math.round(amount.estimate), watched: Number(sampling.watched.toPrecision(4)) };
}
