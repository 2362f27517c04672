// What a thread does about signals, from its /proc status: masks of 64 bits, bit N-1 for signal N.
import { readText } from './read.js';

export interface SignalMasks {
  readonly blocked: bigint;
  readonly ignored: bigint;
  readonly caught: bigint;
}

/** Of thread `tid`; null where it has ended. */
export function signalMasks(tid: number): SignalMasks | null {
  const text = readText(`/proc/${tid}/status`);
  if (text === null) return null;
  const mask = (name: string): bigint => BigInt(`0x${new RegExp(`^${name}:\\s*([0-9a-f]+)$`, 'm').exec(text)?.[1] ?? '0'}`);
  return { blocked: mask('SigBlk'), ignored: mask('SigIgn'), caught: mask('SigCgt') };
}
