// Writes the part of a hit program that asks which thread hit, by the numbers of the PID namespace that this process lives in.
import { statSync } from 'node:fs';
import { type Assembler, type Place, R0, R1, R2, R3, R4 } from '../../linux/bpf/index.js';

/** A PID namespace, as the kernel tells it from others. */
export interface PidNamespace {
  readonly device: number;
  readonly inode: number;
}

/** PROC_PID_INIT_INO: the namespace that all others are in. */
const INITIAL = 0xefff_fffc;

/** The namespace of this process; null where it is the initial one, whose numbers cost less to ask for. */
export function ownPidNamespace(): PidNamespace | null {
  try {
    const { dev: device, ino: inode } = statSync('/proc/self/ns/pid');
    return inode === INITIAL ? null : { device, inode };
  } catch {
    // Without /proc there is nothing to compare with either.
    return null;
  }
}

/** Leaves {tid u32, pid u32} in `to`; numbers of the initial namespace where the thread is not in `namespace`. Uses r0 to r5. */
export function emitIds(asm: Assembler, namespace: PidNamespace | null, to: Place): void {
  const done = asm.label();
  // The same layout as struct bpf_pidns_info.
  asm.call('get_current_pid_tgid').store(8, to, R0);
  if (namespace === null) return;
  asm.constant(R1, BigInt(namespace.device)).constant(R2, BigInt(namespace.inode)).move(R3, to.base).compute('add', R3, to.offset);
  asm.move(R4, 8).call('get_ns_current_pid_tgid').jumpIf(R0, '==', 0, done);
  // What the helper cannot tell it sets to zero.
  asm.call('get_current_pid_tgid').store(8, to, R0).place(done);
}
