// Random lives of a machine: what its users, tracers and scheduler do, as data that fast-check can shrink. Numbers choose among what is there.
import fc from 'fast-check';
import type { Instruction } from '../../src/machine/program.js';
import { A, at, B, C, D, KERNEL_A, KERNEL_B, KERNEL_CODE, kernelWrite, load, NOP, store, work } from './stage.js';

/** What a thread may be sent to do: one instruction, and back to the idle loop. */
export const SNIPPETS: readonly Instruction[] = [
  store(A),
  load(A),
  store(A + 6, 4),
  store(B + 2, 1),
  load(B, 2),
  { op: 'add', at: C, length: 4, value: 1, locked: true },
  { op: 'cmpxchg', at: C + 4, length: 4, expected: 9, value: 1 },
  { op: 'xchg', at: D, length: 8, value: 1 },
  work(kernelWrite(A, 4), kernelWrite(B), { act: 'read', at: C, length: 8, value: 0, bytewise: false }),
  work({ act: 'write', at: A + 4, length: 8, value: 5, bytewise: true }, kernelWrite(KERNEL_A)),
  work({ act: 'run', at: KERNEL_CODE }, { act: 'read', at: KERNEL_B, length: 4, value: 0, bytewise: false }, kernelWrite(A)),
  work({ act: 'kprobe', at: KERNEL_CODE, data: KERNEL_B, length: 4 }, { act: 'idle' }, kernelWrite(KERNEL_B + 7, 1)),
  { op: 'syscall', call: { name: 'fork', child: at(0) } },
  { op: 'syscall', call: { name: 'clone', child: at(0) } },
  { op: 'syscall', call: { name: 'vfork', child: at(0) } },
  { op: 'syscall', call: { name: 'exec', to: at(0) } },
  { op: 'syscall', call: { name: 'exit', status: 0 } },
  { op: 'syscall', call: { name: 'yield' } },
  { op: 'icebp' },
];

/** Where snippet `n` is, and the program that holds them all; the SIGTRAP handler comes last. */
export function snippetAt(n: number): number {
  return at(2 + 2 * n);
}

export const HANDLER = snippetAt(SNIPPETS.length);
export const PROGRAM: readonly Instruction[] = [
  NOP,
  { op: 'jump', to: at(0) },
  ...SNIPPETS.flatMap((one): Instruction[] => [one, { op: 'jump', to: at(0) }]),
  { op: 'syscall', call: { name: 'sigreturn' } },
];

/** Bytes and kind of a breakpoint. */
export interface Bytes {
  readonly address: number;
  readonly length: 1 | 2 | 4 | 8;
  readonly access: 'write' | 'readwrite' | 'execute';
}

export type Act =
  | { readonly act: 'run'; readonly cpu: number; readonly steps: number }
  /** CPU `cpu` gets somebody to run, who does a snippet. */
  | { readonly act: 'do'; readonly cpu: number; readonly thread: number; readonly snippet: number }
  | { readonly act: 'switch'; readonly cpu: number; readonly thread: number; readonly between: number | null }
  | { readonly act: 'idle'; readonly cpu: number }
  | { readonly act: 'send'; readonly thread: number; readonly snippet: number }
  | { readonly act: 'slot'; readonly thread: number; readonly index: number; readonly bytes: Bytes | null; readonly goOn: boolean }
  | { readonly act: 'poke'; readonly thread: number; readonly index: number; readonly value: bigint }
  | { readonly act: 'continue'; readonly thread: number; readonly step: boolean }
  | { readonly act: 'detach'; readonly thread: number }
  | {
      readonly act: 'register';
      /** -1: the kernel's. */
      readonly thread: number;
      readonly bytes: Bytes;
      readonly priority: number;
      readonly callbacks: boolean;
      readonly answer: 'consumed' | 'passed';
      readonly inherit: 'none' | 'threads' | 'children';
    }
  | { readonly act: 'unregister'; readonly which: number }
  | { readonly act: 'modify'; readonly which: number; readonly bytes: Bytes }
  | { readonly act: 'hold'; readonly on: boolean }
  | { readonly act: 'answer'; readonly which: number; readonly code: 'ENOSPC' | 'EPERM' | null };

const cpu = fc.nat(3);
const thread = fc.nat(4);
/** Accesses more often than births and ends. */
const snippet = fc.oneof({ weight: 4, arbitrary: fc.nat(11) }, { weight: 1, arbitrary: fc.nat(SNIPPETS.length - 1) });
const data = fc.record({
  address: fc.constantFrom(A, A + 4, B, B + 2, C, C + 4, D).map((address) => address),
  length: fc.constantFrom<1 | 2 | 4 | 8>(1, 2, 4, 8),
  access: fc.constantFrom<'write' | 'readwrite'>('write', 'readwrite'),
});
const aligned = data.map(({ address, length, access }): Bytes => ({ address: address - (address % length), length, access }));
const code = fc.nat(8).map((n): Bytes => ({ address: snippetAt(n), length: 1, access: 'execute' }));
const userBytes = fc.oneof({ weight: 5, arbitrary: aligned }, { weight: 1, arbitrary: code });
const kernelBytes = fc.constantFrom<Bytes>(
  { address: KERNEL_A, length: 8, access: 'write' },
  { address: KERNEL_A + 4, length: 4, access: 'readwrite' },
  { address: KERNEL_B, length: 4, access: 'readwrite' },
  { address: KERNEL_B, length: 8, access: 'write' },
  { address: KERNEL_CODE, length: 1, access: 'execute' },
);
const terms = {
  priority: fc.constantFrom(10, 20, 50, 90),
  callbacks: fc.boolean(),
  answer: fc.constantFrom<'consumed' | 'passed'>('consumed', 'passed'),
  inherit: fc.constantFrom<'none' | 'threads' | 'children'>('none', 'threads', 'children'),
};
/** DR7 with fields of every length, R/W of 00, 01 and 11, and any enables. */
const dr7 = fc
  .tuple(fc.nat(255), fc.array(fc.constantFrom(0, 1, 3, 5, 7, 9, 11, 13, 15), { minLength: 4, maxLength: 4 }))
  .map(([enables, fields]) => fields.reduce((value, field, n) => value | (BigInt(field) << BigInt(16 + 4 * n)), BigInt(enables)));

const common = [
  { weight: 6, arbitrary: fc.record({ act: fc.constant('run' as const), cpu, steps: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 14, arbitrary: fc.record({ act: fc.constant('do' as const), cpu, thread, snippet }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('send' as const), thread, snippet }) },
  {
    weight: 5,
    arbitrary: fc.record({
      ...{ act: fc.constant('switch' as const), cpu, thread },
      between: fc.constantFrom(null, null, A, B, KERNEL_A, KERNEL_B),
    }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('idle' as const), cpu }) },
  {
    weight: 6,
    arbitrary: fc.record({
      ...{ act: fc.constant('slot' as const), thread, index: fc.nat(3) },
      bytes: fc.option(userBytes, { freq: 4 }),
      goOn: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.oneof(
      fc.record({ act: fc.constant('poke' as const), thread, index: fc.nat(3), value: aligned.map(({ address }) => BigInt(address)) }),
      fc.record({ act: fc.constant('poke' as const), thread, index: fc.constant(7), value: dr7 }),
    ),
  },
  { weight: 6, arbitrary: fc.record({ act: fc.constant('continue' as const), thread, step: fc.nat(5).map((n) => n === 0) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('detach' as const), thread }) },
];

const requests = [
  { weight: 3, arbitrary: fc.record({ act: fc.constant('register' as const), thread, bytes: userBytes, ...terms }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('register' as const), thread: fc.constant(-1), bytes: kernelBytes, ...terms }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('unregister' as const), which: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('modify' as const), which: fc.nat(9), bytes: userBytes }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('hold' as const), on: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant('answer' as const),
      which: fc.nat(3),
      code: fc.constantFrom(null, null, null, 'ENOSPC' as const, 'EPERM' as const),
    }),
  },
];

/** 1 to 4 CPUs, and what happens. */
export interface LifeScript {
  readonly cpus: number;
  readonly acts: readonly Act[];
}

/** Lives with raw registers alone; `withRequests`: also with the requests of the combined facility. */
export function lives(withRequests: boolean): fc.Arbitrary<LifeScript> {
  const act: fc.Arbitrary<Act> = fc.oneof(...common, ...(withRequests ? requests : []));
  return fc.record({ cpus: fc.integer({ min: 1, max: 4 }), acts: fc.array(act, { minLength: 20, maxLength: 120 }) });
}
