// Function and variable names as people write them, whatever language mangled them.
import { cxaDemangle } from '../../linux/cxa-demangle.js';
import { demangleRust } from '../elf/rust-names.js';

/** `_ZN4game4tickEv` -> `game::tick()`; a name that is not mangled, or not in a known way, stays as it is. */
export function demangle(name: string): string {
  if (name.startsWith('_R')) return demangleRust(name) ?? name;
  if (!name.startsWith('_Z')) return name;
  return demangleRust(name) ?? cxaDemangle(name) ?? name;
}
