// Watches that would see what is done for them: the kernel copies the stack with each hit, and where that is what is watched, and reads are, each
// copy would be a hit itself.
import type { Capabilities } from '../engines/contract.js';
import { BadRequestError } from './errors.js';
import type { WatchOptions } from './options.js';

/** Throws BadRequestError for such a watch under an engine with these capabilities. */
export function refuseOwnReads({ access, stackDepth = 0 }: WatchOptions, capabilities: Capabilities, isOnStack: () => boolean): void {
  const { kernelWrites, stopsTarget } = capabilities;
  if (access !== 'readwrite' || stackDepth === 0 || !kernelWrites || stopsTarget || !isOnStack()) return;
  throw new BadRequestError('with stacks, reads of a stack cannot be watched: to copy it is to read it', {
    hint: 'Watch writes only (--access w), leave out --stack, or take --engine stop.',
  });
}
