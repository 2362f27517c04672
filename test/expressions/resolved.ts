// What names mean in made-up modules, as text.
import { HwbkptError } from '../../src/base/errors.js';
import { type ResolveOptions, resolve } from '../../src/expressions/resolve.js';
import type { ScopeModule } from '../../src/expressions/scope.js';

/** What `text` names, and where. Throws as resolve does. */
export function found(text: string, ...modules: readonly ScopeModule[]): string {
  const { display, address } = resolve(text, { modules });
  return `${display} at 0x${address.toString(16)}`;
}

/** What resolve says against `text`. Throws where it finds something. */
export function errorOf(text: string, modules: readonly ScopeModule[], options: ResolveOptions = {}): HwbkptError {
  try {
    resolve(text, { modules }, options);
  } catch (error) {
    if (error instanceof HwbkptError) return error;
    throw error;
  }
  throw new Error(`${text} was found`);
}
