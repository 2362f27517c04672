// A machine of two CPUs on which made threads write one variable: what really happens in memory, in which order, and what is reported of it.
//
// A store is visible at once; its report is stamped some microseconds later, and its CPU does nothing else meanwhile. So the order of
// stamps of two CPUs need not be the order of their stores.
import type { Instruction, MadeHit } from './made-hits.js';

/** What a thread does next. */
export interface Step {
  readonly thread: 0 | 1 | 2;
  readonly by: Extract<Instruction, 'store8' | 'store4' | 'store1' | 'add8' | 'exchange8' | 'vector8'> | 'hidden';
  /** Bytes from the variable's start; for store4 and store1 only. */
  readonly at: number;
  readonly operand: bigint;
  /** ns from the last store of this CPU's being reported to this one. */
  readonly pause: number;
  /** ns from the store to its stamp. */
  readonly delay: number;
}

/** A hit, and the truth about it. */
export interface TrueHit {
  readonly hit: MadeHit;
  /** When the store was made. */
  readonly stored: number;
  /** As signed 64-bit numbers. */
  readonly before: bigint;
  readonly after: bigint;
}

/** Threads 0 and 2 share a CPU. */
const CPU_OF = [0, 1, 0] as const;

interface Access {
  readonly step: Step;
  readonly stored: number;
}

/** All that happens, hits in the order of their stamps. */
export interface MadeRun {
  readonly hits: readonly TrueHit[];
  readonly hidden: number;
  /** The variable at a time, ns. */
  memoryAt(time: number): bigint;
}

/** Lets the threads do their steps. */
export function run(steps: readonly Step[]): MadeRun {
  const free = [0, 0];
  const accesses: Access[] = [];
  for (const step of steps) {
    const cpu = CPU_OF[step.thread];
    const stored = (free[cpu] ?? 0) + step.pause;
    free[cpu] = stored + step.delay;
    accesses.push({ step, stored });
  }
  accesses.sort((a, b) => a.stored - b.stored);
  const values: { readonly time: number; readonly value: bigint }[] = [];
  let memory = 0n;
  const hits: TrueHit[] = [];
  for (const { step, stored } of accesses) {
    const before = memory;
    memory = effect(step, before);
    values.push({ time: stored, value: memory });
    if (step.by !== 'hidden') hits.push({ hit: report(step, stored, before), stored, before, after: memory });
  }
  hits.sort((a, b) => a.hit.time - b.hit.time);
  return {
    hits,
    hidden: accesses.length - hits.length,
    memoryAt: (time) => values.findLast((entry) => entry.time <= time)?.value ?? 0n,
  };
}

function effect({ by, at, operand }: Step, before: bigint): bigint {
  switch (by) {
    case 'store4':
      return overlaid(before, operand, at, 4);
    case 'store1':
      return overlaid(before, operand, at, 1);
    case 'add8':
      return BigInt.asIntN(64, before + operand);
    default:
      return BigInt.asIntN(64, operand);
  }
}

function overlaid(before: bigint, operand: bigint, ...[at, size]: [number, number]): bigint {
  const shift = BigInt(8 * at);
  const mask = (2n ** BigInt(8 * size) - 1n) << shift;
  return BigInt.asIntN(64, (BigInt.asUintN(64, before) & ~mask) | ((operand << shift) & mask));
}

/** What the processor shows after the instruction: what it stored, or what it found. */
function report({ thread, by, at, operand, delay }: Step, stored: number, before: bigint): MadeHit {
  const hit = { time: stored + delay, tid: thread + 1, cpu: CPU_OF[thread], at };
  if (by === 'hidden') throw new Error('nobody reports it');
  if (by === 'add8') return { ...hit, by, value: operand, flags: flagsOfSum(before, operand) };
  if (by === 'exchange8') return { ...hit, by, value: before };
  return { ...hit, by, value: by === 'vector8' ? 0n : operand };
}

function flagsOfSum(a: bigint, b: bigint): bigint {
  const [ua, ub] = [BigInt.asUintN(64, a), BigInt.asUintN(64, b)];
  const sum = BigInt.asUintN(64, ua + ub);
  const signed = BigInt.asIntN(64, sum);
  const ones = [...(sum & 0xffn).toString(2)].filter((bit) => bit === '1').length;
  const bits: [boolean, number][] = [
    [ua + ub !== sum, 0],
    [ones % 2 === 0, 2],
    [(a & 15n) + (b & 15n) > 15n, 4],
    [sum === 0n, 6],
    [signed < 0n, 7],
    [BigInt.asIntN(64, a) + BigInt.asIntN(64, b) !== signed, 11],
  ];
  return bits.reduce((flags, [set, at]) => (set ? flags | (1n << BigInt(at)) : flags), 0x202n);
}
