// C++ names as people write them, by the C++ run-time library that every dynamic Node build has loaded.
import { type Demangler, loadDemangler } from './libc.js';

let demangler: Demangler | null | undefined;

/** `_ZN4game4tickEv` -> `game::tick()`; null for what is not a mangled C++ name or where libstdc++ is missing. */
export function cxaDemangle(mangled: string): string | null {
  if (!mangled.startsWith('_Z')) return null;
  demangler ??= tryLoad();
  return demangler === null ? null : demangler(mangled);
}

function tryLoad(): Demangler | null {
  try {
    return loadDemangler();
  } catch {
    return null;
  }
}
