// Where the tracing thread lives: in this process where the kernel gives perf events, which vanish with it; else in a guardian that survives it.
import { GuardianLine } from './guardian-line.js';
import type { TracerLine } from './tracer-line.js';
import { TracerLink } from './tracer-link.js';

/** `refused`: what perfRefusal says; `starts`: it is to start a program, which belongs to our terminal. */
export function openLine(refused: boolean, { starts }: { readonly starts: boolean }): TracerLine {
  return refused ? new GuardianLine({ apart: !starts }) : new TracerLink();
}
