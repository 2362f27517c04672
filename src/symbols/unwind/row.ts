// What the unwind instructions say at one address: where the caller's registers are. One row of the table that they describe (DWARF 5 6.4).

/** Where the caller's value of one register is. `block` is a location expression. */
export type RegisterRule =
  | { readonly kind: 'undefined' }
  | { readonly kind: 'same' }
  /** In memory, so many bytes from the CFA. */
  | { readonly kind: 'offset'; readonly offset: number }
  /** It is the CFA and so many bytes. */
  | { readonly kind: 'value-offset'; readonly offset: number }
  | { readonly kind: 'register'; readonly register: number }
  | { readonly kind: 'expression'; readonly block: Uint8Array }
  | { readonly kind: 'value-expression'; readonly block: Uint8Array };

/** The canonical frame address: the stack pointer before the call. */
export type CfaRule =
  | { readonly kind: 'register'; readonly register: number; readonly offset: number }
  | { readonly kind: 'expression'; readonly block: Uint8Array };

/** Numbers of registers as DWARF counts them on x86-64 (System V ABI, figure 3.36); 16 is the return address. */
export const DWARF_REGISTER = {
  ...{ ax: 0, dx: 1, cx: 2, bx: 3, si: 4, di: 5, bp: 6, sp: 7 },
  ...{ r8: 8, r9: 9, r10: 10, r11: 11, r12: 12, r13: 13, r14: 14, r15: 15 },
  returnAddress: 16,
} as const;
/** Registers that are followed. */
export const REGISTERS = 17;

/** Registers that are not in `rules` keep their values. */
export interface Row {
  readonly cfa: CfaRule;
  readonly rules: ReadonlyMap<number, RegisterRule>;
}
