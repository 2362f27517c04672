// The registers of an x86-64 Linux thread in the order that gdb's own target description gives them, and where each is found in what ptrace reads.
//
//   0 rax rbx rcx rdx rsi rdi rbp rsp r8..r15 | 16 rip | 17 eflags cs ss ds es fs gs | 24 st0..st7 | 32 fctrl .. fop
//   40 xmm0..xmm15 | 56 mxcsr | 57 orig_rax | 58 fs_base gs_base | 60 ymm0h..ymm15h

/** Where a register's bytes are. */
export type RegisterSource =
  /** The low bytes of a word of struct user_regs_struct. */
  | { readonly kind: 'user'; readonly word: number }
  /** In the XSAVE area. */
  | { readonly kind: 'xsave'; readonly at: number }
  /** Of the x87, where gdb's form differs from the area's: 16-bit words widened to 32. */
  | { readonly kind: 'x87'; readonly part: X87Part };

export type X87Part = 'fctrl' | 'fstat' | 'ftag' | 'fiseg' | 'fioff' | 'foseg' | 'fooff' | 'fop';

/** The features of gdb's target descriptions that x86-64 Linux has. */
export type Feature = 'core' | 'sse' | 'linux' | 'segments' | 'avx';

export interface Register {
  readonly name: string;
  /** Bytes in a packet. */
  readonly size: number;
  readonly type: string;
  readonly feature: Feature;
  readonly group: 'general' | 'float' | 'vector' | null;
  readonly source: RegisterSource;
}

/** Words of struct user_regs_struct (linux/ptrace-control.ts draws it). */
export const USER_WORD = { rbp: 4, rip: 16, rsp: 19 } as const;

/** Offsets in the XSAVE area, whose first 512 bytes are the FXSAVE image. */
export const XSAVE = {
  ...{ controlWord: 0, statusWord: 2, tags: 4, opcode: 6, instruction: 8, data: 16, mxcsr: 24, st0: 32, xmm0: 160 },
  /** The kernel's copy of XCR0: which components the area can have. */
  xcr0: 464,
  /** XSTATE_BV: the components that are not in their initial state. */
  present: 512,
  ymm0h: 576,
  end: 832,
} as const;

const VECTOR_SIZE = 16;

/** gdb's name, the word of user_regs_struct, bytes, type. */
const GENERAL: readonly (readonly [string, number, number, string])[] = [
  ...(['rax:10', 'rbx:5', 'rcx:11', 'rdx:12', 'rsi:13', 'rdi:14'] as const).map(general),
  ['rbp', USER_WORD.rbp, 8, 'data_ptr'],
  ['rsp', USER_WORD.rsp, 8, 'data_ptr'],
  ...(['r8:9', 'r9:8', 'r10:7', 'r11:6', 'r12:3', 'r13:2', 'r14:1', 'r15:0'] as const).map(general),
  ['rip', USER_WORD.rip, 8, 'code_ptr'],
  ['eflags', 18, 4, 'i386_eflags'],
  ...(['cs:17', 'ss:20', 'ds:23', 'es:24', 'fs:25', 'gs:26'] as const).map(segment),
];

function general(text: string): readonly [string, number, number, string] {
  const [name = '', word] = text.split(':');
  return [name, Number(word), 8, 'int64'];
}

function segment(text: string): readonly [string, number, number, string] {
  const [name = '', word] = text.split(':');
  return [name, Number(word), 4, 'int32'];
}

const X87_PARTS: readonly X87Part[] = ['fctrl', 'fstat', 'ftag', 'fiseg', 'fioff', 'foseg', 'fooff', 'fop'];

const CORE: readonly Register[] = [
  ...GENERAL.map(([name, word, size, type]) => userRegister(name, word, { size, type, feature: 'core', group: 'general' })),
  ...sixteen(8, 'st', (index) => ({
    ...{ size: 10, type: 'i387_ext', feature: 'core', group: 'float' },
    source: { kind: 'xsave', at: XSAVE.st0 + 16 * index },
  })),
  ...X87_PARTS.map(
    (part): Register => ({ name: part, size: 4, type: 'int', feature: 'core', group: 'float', source: { kind: 'x87', part } }),
  ),
];

const SSE: readonly Register[] = [
  ...sixteen(16, 'xmm', (index) => ({
    ...{ size: VECTOR_SIZE, type: 'vec128', feature: 'sse', group: 'vector' },
    source: { kind: 'xsave', at: XSAVE.xmm0 + VECTOR_SIZE * index },
  })),
  { name: 'mxcsr', size: 4, type: 'i386_mxcsr', feature: 'sse', group: 'vector', source: { kind: 'xsave', at: XSAVE.mxcsr } },
];

const LINUX_AND_SEGMENTS: readonly Register[] = [
  userRegister('orig_rax', 15, { size: 8, type: 'int', feature: 'linux', group: null }),
  userRegister('fs_base', 21, { size: 8, type: 'int', feature: 'segments', group: null }),
  userRegister('gs_base', 22, { size: 8, type: 'int', feature: 'segments', group: null }),
];

const AVX: readonly Register[] = sixteen(16, 'ymm', (index) => ({
  ...{ size: VECTOR_SIZE, type: 'uint128', feature: 'avx', group: null },
  source: { kind: 'xsave', at: XSAVE.ymm0h + VECTOR_SIZE * index },
})).map((register) => ({ ...register, name: `${register.name}h` }));

function userRegister(name: string, word: number, rest: Omit<Register, 'name' | 'source'>): Register {
  return { name, ...rest, source: { kind: 'user', word } };
}

function sixteen(count: number, prefix: string, make: (index: number) => Omit<Register, 'name'>): Register[] {
  return Array.from({ length: count }, (_, index) => ({ name: `${prefix}${index}`, ...make(index) }));
}

/** The general ones: what `g` answers, since the others are asked for one by one where anybody wants to know them. */
export const GENERAL_COUNT = GENERAL.length;

/** By number; with the upper halves of ymm where the machine has AVX. */
export function registersOf(machine: { readonly avx: boolean }): readonly Register[] {
  return [...CORE, ...SSE, ...LINUX_AND_SEGMENTS, ...(machine.avx ? AVX : [])];
}

/** Numbers of the registers that stop replies bring: what gdb asks for first. */
export const EXPEDITED = [6, 7, 16] as const;
