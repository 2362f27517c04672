// What a hit program is to do, decided before any instruction is written.
import type { Condition } from '../../conditions/index.js';
import type { Access } from '../../model/access.js';
import type { PidNamespace } from './ids-code.js';

/** The watched value, as programs get at it. */
export interface ValuePlan {
  /** Bytes read with each hit, 1 to 32. */
  readonly rangeLength: number;
  /** The value's place in them. */
  readonly offset: number;
  /** Bytes, up to 32; above 8 nothing is computed with it. */
  readonly size: number;
  /** User memory, or the kernel's. */
  readonly memory: 'user' | 'kernel';
  /** Reading it from user code's exceptions is a hit of its own, which is counted but not reported. */
  readonly readsAreHits: boolean;
}

/** Descriptors of the maps that programs use; null: not needed. */
export interface ProgramMaps {
  readonly ring: number;
  readonly blocks: number;
  /** Null where no instruction can be told from its registers: the kernel's. */
  readonly stores: number | null;
  readonly counts: number | null;
  readonly stacks: number | null;
  /** Last values by process; null: one for all, in the block. */
  readonly lastValues: number | null;
}

export interface ProgramPlan {
  readonly maps: ProgramMaps;
  readonly block: number;
  /** Where the block begins. */
  readonly blockOffset: number;
  readonly access: Access;
  /** Whose thread and process ids are told; null: the initial one's. */
  readonly namespace: PidNamespace | null;
  /** Null: nothing is read. */
  readonly value: ValuePlan | null;
  readonly condition: Condition | null;
  /** What the condition reads beside the value. */
  readonly memory: ValuePlan['memory'];
  readonly keep: 'each' | 'counts';
  /** In a process, the kernel's accesses are reported even where user code's are counted. */
  readonly reportsKernel: boolean;
  /** Frames of call chains; 0: none. */
  readonly kernelFrames: number;
  readonly userFrames: number;
  /** With a hit of the kernel come the registers of the system call, so that its callers can be told. Linux 5.15. */
  readonly tellsCaller: boolean;
  /** Whether reports say who made the access. */
  readonly tellsOrigin: boolean;
}

/** Whether the value can come from a plain store's registers: it is all that is watched. */
export function mayComeFromStore({ maps }: ProgramPlan, { rangeLength, offset, size, memory }: ValuePlan): boolean {
  return maps.stores !== null && memory === 'user' && offset === 0 && size === rangeLength && [1, 2, 4, 8].includes(size);
}
