// Reads a verifier's log: what about a program the kernel does not take, in terms that somebody can act on.
//
// The words are the kernel's own (kernel/bpf/verifier.c), and differ a little between versions.
import { HELPER } from './instructions.js';
import type { VerifierError } from './program.js';

export type Refusal =
  /** More instructions than may be loaded, or more than the verifier is ready to follow. */
  | { readonly kind: 'too-long' }
  /** A helper that this kernel does not have, or not for this kind of program and this privilege. */
  | { readonly kind: 'no-helper'; readonly name: string; readonly number: number; readonly since: string | null }
  /** An instruction that this kernel does not know. */
  | { readonly kind: 'no-instruction'; readonly name: string; readonly since: string }
  /** Something is wrong with the program: the last words of the log. */
  | { readonly kind: 'faulty'; readonly lines: readonly string[] };

/** Lines of the log that are worth repeating. */
const LINES = 5;

/** Why the kernel has refused a program. */
export function refusalOf({ errno, log }: Pick<VerifierError, 'errno' | 'log'>): Refusal {
  if (errno === 'E2BIG' || /program is too large|sequence of \d+ jumps is too complex/.test(log)) return { kind: 'too-long' };
  const helper = /(?:invalid func|unknown func|cannot use helper) (\S+)#(\d+)/.exec(log);
  if (helper !== null) return missingHelper(helper[1] ?? '', Number(helper[2]));
  if (/invalid atomic opcode|BPF_(?:XADD|ATOMIC) uses reserved fields/.test(log))
    return { kind: 'no-instruction', name: 'the atomic exchange', since: '5.12' };
  return { kind: 'faulty', lines: lastWords(log) };
}

/** A kernel that does not know the helper at all calls it `unknown`. */
function missingHelper(said: string, number: number): Refusal {
  const known = Object.entries(HELPER).find(([, helper]) => helper.number === number);
  return { kind: 'no-helper', name: known === undefined ? said : `bpf_${known[0]}`, number, since: known?.[1].since ?? null };
}

/** The end of the log without the figures about the verifier itself. */
function lastWords(log: string): string[] {
  const statistics = /^(?:processed \d+ insns|verification time|stack depth)/;
  return log
    .split('\n')
    .filter((line) => line.trim() !== '' && !statistics.test(line))
    .slice(-LINES);
}
