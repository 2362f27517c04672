// What a session and its guardian share: memory for words and reports, and the descriptors by which the guardian is given its ends of the pipes.
//
//   0 words of control (tracer-line.ts draws them) | 64 the ring of reports
import { RING_BYTES, type RingMemory, ringMemoryIn } from './report-ring.js';

const CONTROL_WORDS = 8;
const RING_AT = 64;

/** Bytes of that memory. */
export const GUARDIAN_MEMORY_BYTES = RING_AT + RING_BYTES;

/** The guardian's descriptors, in the order in which it is given them. */
export const GUARDIAN_DESCRIPTOR = { requests: 3, answers: 4, news: 5, memory: 6 } as const;

export interface GuardianMemory {
  readonly control: Int32Array;
  readonly ring: RingMemory;
}

/** `bytes` must live as long as what is returned. */
export function guardianMemoryIn(bytes: ArrayBuffer): GuardianMemory {
  return { control: new Int32Array(bytes, 0, CONTROL_WORDS), ring: ringMemoryIn(bytes, RING_AT) };
}
