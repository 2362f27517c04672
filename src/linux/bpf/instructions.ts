// The instruction set of BPF as far as it is used: opcodes, registers, and the numbers of helpers (linux/bpf.h, linux/bpf_common.h).
//
//   struct bpf_insn:   0 opcode u8 | 1 dst u4, src u4 | 2-3 offset s16 | 4-7 immediate s32
//
//   opcode of arithmetic and jumps:   7-4 operation | 3 source (0: immediate, 1: register) | 2-0 class
//   opcode of loads and stores:       7-5 mode      | 4-3 size                             | 2-0 class

/** A register; r10 is the frame pointer and cannot be written. */
export interface Register {
  readonly register: number;
}

const registers = Array.from({ length: 11 }, (_, register): Register => ({ register }));

/** r0: results. r1-r5: arguments, lost in calls. r6-r9: kept over calls. r10: the frame pointer. */
export const [R0, R1, R2, R3, R4, R5, R6, R7, R8, R9, R10] = registers as unknown as readonly [
  ...[Register, Register, Register, Register, Register, Register],
  ...[Register, Register, Register, Register, Register],
];

export const CLASS = { load: 0x00, loadRegister: 0x01, store: 0x02, storeRegister: 0x03, jump: 0x05, arithmetic: 0x07 } as const;

export const SOURCE_REGISTER = 0x08;

export const MODE = { immediate: 0x00, memory: 0x60, atomic: 0xc0 } as const;

/** Bytes of an access to memory. */
export type Size = 1 | 2 | 4 | 8;

export const SIZE: Readonly<Record<Size, number>> = { 4: 0x00, 2: 0x08, 1: 0x10, 8: 0x18 };

export const OPERATION = {
  add: 0x00,
  sub: 0x10,
  mul: 0x20,
  /** Unsigned; by zero gives zero. */
  div: 0x30,
  or: 0x40,
  and: 0x50,
  lsh: 0x60,
  rsh: 0x70,
  /** Unsigned; by zero leaves what is divided. */
  mod: 0x90,
  xor: 0xa0,
  arsh: 0xc0,
} as const;

export type Operation = keyof typeof OPERATION;

export const NEGATE = 0x80;
export const MOVE = 0xb0;

/** Jumps by comparison; `s`: signed; `&`: where the two have a bit in common. */
export const JUMP = {
  '==': 0x10,
  '>': 0x20,
  '>=': 0x30,
  '&': 0x40,
  '!=': 0x50,
  's>': 0x60,
  's>=': 0x70,
  '<': 0xa0,
  '<=': 0xb0,
  's<': 0xc0,
  's<=': 0xd0,
} as const;

export type JumpTest = keyof typeof JUMP;

export const ALWAYS = 0x00;
export const CALL = 0x80;
export const EXIT = 0x90;

/** Immediates of atomic operations. */
export const ATOMIC = { add: 0x00, exchange: 0xe1 } as const;

/** What a 64-bit constant stands for, in its source field. */
export const CONSTANT = { number: 0, map: 1, mapValue: 2 } as const;

/** Helpers by name: the number that a call names, and the kernel that had it first. */
export const HELPER = {
  map_lookup_elem: { number: 1, since: '3.19' },
  map_update_elem: { number: 2, since: '3.19' },
  ktime_get_ns: { number: 5, since: '4.1' },
  get_smp_processor_id: { number: 8, since: '4.1' },
  get_current_pid_tgid: { number: 14, since: '4.2' },
  get_current_comm: { number: 16, since: '4.2' },
  get_stackid: { number: 27, since: '4.6' },
  get_stack: { number: 67, since: '4.18' },
  get_current_cgroup_id: { number: 80, since: '4.18' },
  probe_read_user: { number: 112, since: '5.5' },
  probe_read_kernel: { number: 113, since: '5.5' },
  probe_read_user_str: { number: 114, since: '5.5' },
  probe_read_kernel_str: { number: 115, since: '5.5' },
  get_ns_current_pid_tgid: { number: 120, since: '5.7' },
  ringbuf_reserve: { number: 131, since: '5.8' },
  ringbuf_submit: { number: 132, since: '5.8' },
  ringbuf_discard: { number: 133, since: '5.8' },
  get_current_task_btf: { number: 158, since: '5.11' },
  task_pt_regs: { number: 175, since: '5.15' },
  map_lookup_percpu_elem: { number: 195, since: '5.19' },
} as const;

export type Helper = keyof typeof HELPER;
