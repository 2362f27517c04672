// Table 17-1 of the manual: which accesses trap with DR0=A0001 RW 1, DR1=A0002 W 1, DR2=B0002 RW 2, DR3=C0000 W 4.

/** One access. */
export interface ManualAccess {
  readonly kind: 'read' | 'write';
  readonly address: number;
  /** Bytes. */
  readonly size: number;
}

/** An access as the manual writes it, `read A0001/2`: kind, address in hexadecimal, size. */
export function manualAccess(words: string): ManualAccess {
  const [, kind, address, size] = /^(read|write) ([0-9A-F]+)\/(\d)$/.exec(words) ?? [];
  if (kind === undefined || address === undefined) throw new Error(`not an access: ${words}`);
  return { kind: kind as 'read' | 'write', address: Number.parseInt(address, 16), size: Number(size) };
}

/** Accesses that trap, and bit by bit the slots that report them. */
export const TRAPPING: readonly (readonly [access: string, slots: number])[] = [
  ['read A0001/1', 0b0001],
  ['write A0001/1', 0b0001],
  ['read A0001/2', 0b0001],
  ['write A0001/2', 0b0011],
  ['write A0002/1', 0b0010],
  ['write A0002/2', 0b0010],
  ['read B0001/4', 0b0100],
  ['write B0001/4', 0b0100],
  ['read B0002/1', 0b0100],
  ['write B0002/1', 0b0100],
  ['read B0002/2', 0b0100],
  ['write B0002/2', 0b0100],
  ['write C0000/4', 0b1000],
  ['write C0001/2', 0b1000],
  ['write C0003/1', 0b1000],
];

/** Accesses that do not. */
export const HARMLESS: readonly string[] = [
  'read A0000/1',
  'write A0000/1',
  'read A0002/1',
  'read A0003/4',
  'write A0003/4',
  'read B0000/2',
  'write B0000/2',
  'read C0000/2',
  'read C0004/4',
  'write C0004/4',
];
