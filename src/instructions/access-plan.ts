// What one instruction does to memory, decoded once and in the terms of the registers AFTER it ran, which is all a hit shows.

/** A part of a register: its low bytes, or (`high`) bits 8 to 15, as AH, BH, CH and DH name them. */
export interface RegisterPart {
  /** Index in the layout of registers.ts. */
  readonly register: number;
  readonly high: boolean;
}

/** The other operand of an instruction on memory. Immediates are extended to 64 bits as the processor does. */
export type Operand =
  | ({ readonly kind: 'register' } & RegisterPart)
  | { readonly kind: 'immediate'; readonly lo: number; readonly hi: number }
  | { readonly kind: 'none' };

/**
 * An address in terms of the registers after the instruction: base + index * scale + disp, then, for string instructions,
 * one `step` back against the direction flag, because they have moved their pointer on.
 */
export interface AddressForm {
  /** Register index, or -1 for none (also for RIP-relative operands: their address is in the displacement). */
  readonly base: number;
  readonly index: number;
  readonly scale: number;
  readonly dispLo: number;
  readonly dispHi: number;
  /** 32-bit address size: the sum is cut to 32 bits. */
  readonly narrow: boolean;
  /** Element size of a string instruction, else 0. */
  readonly step: number;
}

/** Read-modify-write operations whose result follows from the old value and an operand. */
export type ArithmeticOperation =
  | 'add'
  | 'sub'
  | 'and'
  | 'or'
  | 'xor'
  | 'inc'
  | 'dec'
  | 'neg'
  | 'not'
  | 'shl'
  | 'shr'
  | 'sar'
  | 'rol'
  | 'ror'
  | 'bts'
  | 'btr'
  | 'btc';

/** What a write leaves in memory. */
export type WriteEffect =
  /** A register still holds what was stored; `swapped`: with its bytes reversed (movbe). */
  | { readonly kind: 'register'; readonly part: RegisterPart; readonly swapped: boolean }
  /** `push rsp` stores the stack pointer from before: now `add` more than the register. */
  | { readonly kind: 'stack-pointer'; readonly add: number }
  | { readonly kind: 'immediate'; readonly lo: number; readonly hi: number }
  /** pushf: FLAGS with RF and VM cleared. */
  | { readonly kind: 'flags' }
  /** setcc: 1 or 0 by the condition code (0 = o, 1 = no, ... 15 = g, the order of the opcodes). */
  | { readonly kind: 'condition'; readonly code: number }
  | { readonly kind: 'arithmetic'; readonly operation: ArithmeticOperation; readonly operand: Operand }
  /** xchg, xadd: the register now holds what was found; what was stored is gone. */
  | { readonly kind: 'exchange'; readonly part: RegisterPart }
  | { readonly kind: 'compare-exchange'; readonly source: RegisterPart }
  /** cmpxchg8b (`half` 4) and cmpxchg16b (`half` 8): DX:AX compared, CX:BX stored. */
  | { readonly kind: 'compare-exchange-pair'; readonly half: 4 | 8 }
  /** stos: AL, AX, EAX or RAX. */
  | { readonly kind: 'fill' }
  /** The stored value shows in no register: vectors, x87, segments, adc, movs, ... */
  | { readonly kind: 'opaque' };

/** What a read shows of the memory it found. */
export type FoundRule =
  /** The low bytes of the register are what was found (mov, movzx, movsx, pop, lods). */
  | { readonly kind: 'register'; readonly part: RegisterPart; readonly swapped: boolean }
  /** cmp: with ZF set, memory equals the operand. */
  | { readonly kind: 'equal'; readonly operand: Operand }
  | { readonly kind: 'none' };

/** One memory operand of an instruction; one that is both read and written counts as a write. */
export interface MemoryAccess {
  readonly address: AddressForm;
  /** Bytes; 0 where the instruction does not fix it (then never `verifiable`). */
  readonly size: number;
  /** False when the address cannot be computed afterwards: a register of it overwritten, FS or GS, a vector of indices. */
  readonly verifiable: boolean;
  /** null for a read. */
  readonly write: WriteEffect | null;
  readonly found: FoundRule;
}

/** Where a call goes, as far as the registers after it can tell. */
export type CallTarget =
  | { readonly kind: 'direct'; readonly lo: number; readonly hi: number }
  | { readonly kind: 'register'; readonly register: number }
  /** `reads`: where the target is read, if the registers after the call still tell. */
  | { readonly kind: 'memory'; readonly reads: readonly MemoryAccess[] };

/**
 * One instruction at one address.
 * `accesses`: runs on to the next instruction; its memory accesses, writes first; empty when it touches no memory.
 * `repeat`: a REP string instruction, which can also stop with the instruction pointer still on it.
 * `call`: continues elsewhere, having pushed the address of the next instruction.
 * `leaves`: continues elsewhere in another way (jmp, ret, system call); `reads`: what a jump reads its target from.
 */
export type InstructionPlan = { readonly lo: number; readonly hi: number; readonly length: number } & (
  | { readonly kind: 'accesses'; readonly accesses: readonly MemoryAccess[] }
  | { readonly kind: 'repeat'; readonly accesses: readonly MemoryAccess[]; readonly narrow: boolean }
  | { readonly kind: 'call'; readonly target: CallTarget }
  | { readonly kind: 'leaves'; readonly reads: readonly MemoryAccess[] }
);
