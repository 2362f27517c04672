// Whether a name is that of a local variable, and the watch on it.
import { loadDecoder } from '../instructions/index.js';
import { FrameWatch, type FrameWatchParts } from './frame-watch.js';
import type { WatchOptions } from './options.js';
import { refuseOwnReads } from './own-reads.js';
import type { Program, ResolveOptions } from './program.js';
import { isUnknownName } from './rearming.js';

/** The watch that `expression` asks for; null where it means something else, or nothing. Throws BadRequestError for what cannot be watched. */
export async function findFrameWatch(
  { program, ...parts }: Pick<FrameWatchParts, 'armory' | 'guards'> & { readonly program: Program },
  expression: string,
  options: WatchOptions,
): Promise<FrameWatch | null> {
  const { access = 'write', as = null } = options;
  if (program.frameVariable === undefined || means(program, expression, { access, as })) return null;
  const decoder = await loadDecoder();
  const find = () => program.frameVariable?.(expression, { access, as, decoder }) ?? null;
  const variable = find();
  if (variable === null) return null;
  parts.armory.check({ ...options, follow: true });
  refuseOwnReads(options, parts.armory.capabilities, () => true);
  return new FrameWatch({ ...parts, expression, options, find }, variable);
}

/** Whether a name means something, or is wrong in a way that no local variable would mend. */
function means(program: Program, expression: string, options: ResolveOptions): boolean {
  try {
    program.resolve(expression, options);
    return true;
  } catch (error) {
    return !isUnknownName(error);
  }
}
