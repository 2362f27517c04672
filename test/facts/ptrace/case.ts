// One fact about debug registers under ptrace, and how to find out whether a subject keeps to it.
import type { PtraceSubject } from './subject.js';

/** A fact with its ids in the title. */
export interface PtraceCase {
  readonly title: string;
  /** Why only a running kernel on its processor can be asked; absent where a simulation must agree. */
  readonly liveOnly?: string;
  /** What the processor must have beside debug registers. */
  readonly needs?: 'avx';
  /** Throws where a fresh subject does otherwise. It may use the subject up. */
  check(subject: PtraceSubject): void;
}
