// The bytes that a cover's pieces cover together.
import { present } from '../base/assert.js';
import type { Cover } from '../registers/index.js';
import type { CoveredBytes } from './process-chain.js';

/** From the first byte of the first piece to the last of the last. */
export function coveredBytes({ pieces }: Pick<Cover, 'pieces'>): CoveredBytes {
  const first = present(pieces[0], 'a piece of the cover');
  const last = present(pieces.at(-1), 'a piece of the cover');
  return { address: first.address, length: Number(last.address - first.address) + last.length };
}
