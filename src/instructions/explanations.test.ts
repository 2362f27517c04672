// Hits with more than one possible cause: tails of instructions where no symbols are, calls, and code of any kind.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codeFromBytes } from './code-source.js';
import { loadDecoder } from './decoder.js';
import { AccessRebuilder } from './rebuild.js';
import { type RegisterName, registersFrom } from './registers.js';
import { type AccessSample, newAccessSample, newRebuiltAccess, type RebuiltAccess } from './sample.js';

const START = 0x40_1000;
const RANGE = 0x50_0000n;
const decoder = await loadDecoder();

interface Hit {
  readonly ip: number;
  readonly registers: { readonly [name in RegisterName]?: bigint };
  /** Starts of functions; null: none are known. */
  readonly functions: readonly number[] | null;
  readonly fields?: Partial<AccessSample>;
}

function rebuild(hex: string, { ip, registers, functions, fields }: Hit): RebuiltAccess {
  const code = codeFromBytes(BigInt(START), Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex')));
  const start = (address: bigint) => functions?.findLast((known) => known <= address) ?? null;
  const rebuilder = new AccessRebuilder(decoder, code, (address) => {
    const found = start(address);
    return found === null ? null : BigInt(found);
  });
  const sample = newAccessSample({ ipLo: ip, registers: registersFrom(registers), rangeLo: Number(RANGE), rangeSize: 8, ...fields });
  const out = newRebuiltAccess();
  rebuilder.run(sample, out);
  return out;
}

const NOTHING = { kind: 'unknown', placeKnown: false, instructionKnown: false };

describe('candidates', () => {
  test('that store different widths contradict each other: mov [rbx], rax and its tail mov [rbx], eax', () => {
    expect(rebuild('48 89 03', { ip: START + 3, registers: { bx: RANGE, ax: 5n }, functions: null })).toMatchObject(NOTHING);
  });

  test('that say the same are taken, but none is blamed: cs mov [rbx], al and its tail', () => {
    const result = rebuild('2e 88 03', { ip: START + 3, registers: { bx: RANGE, ax: 5n }, functions: null });
    expect(result).toMatchObject({ kind: 'store', size: 1, lo: 5, instructionKnown: false });
  });

  test('that do not touch the range are out: mov [r11], al (its tail would be mov [rbx], al)', () => {
    const result = rebuild('41 88 03', { ip: START + 3, registers: { r11: RANGE, bx: 64n, ax: 5n }, functions: null });
    expect(result).toMatchObject({ kind: 'store', size: 1, lo: 5, instructionKnown: true, instructionLo: START });
  });

  test('of reads agree on unchanged and on no more: mov rax, [rbx] and its tail', () => {
    const hit = { ip: START + 3, registers: { bx: RANGE, ax: 5n, sp: 64n }, functions: null, fields: { writesOnly: false } };
    expect(rebuild('48 8b 03', hit)).toMatchObject({ kind: 'unchanged', placeKnown: false, foundKnown: false, instructionKnown: false });
  });

  test('of reads are doubted where a return has just read the range', () => {
    const hit = { ip: START + 2, registers: { bx: RANGE, ax: 5n, sp: RANGE + 8n }, functions: null, fields: { writesOnly: false } };
    expect(rebuild('8a 03', hit)).toMatchObject(NOTHING);
  });
});

describe('calls', () => {
  // 0: call 0x10; 5: call rax; 7: call [rbx]; 9: nop ... 16: push rbp; 17: nop
  const CODE = 'e8 0b 00 00 00 ff d0 ff 13 90 90 90 90 90 90 90 55 90';
  const FUNCTION = START + 16;
  const at = (returnTo: number | null, registers: Hit['registers'] = {}): RebuiltAccess => {
    const stack = returnTo === null ? {} : { stackTopKnown: true, stackTopLo: START + returnTo };
    return rebuild(CODE, { ip: FUNCTION, registers: { sp: RANGE, ...registers }, functions: [START, FUNCTION], fields: stack });
  };

  test.each([
    ['call 0x10', 5, 0],
    ['call rax', 7, 5],
    ['call [rbx]', 9, 7],
  ])('%s stored the return address', (_, returnTo, call) => {
    const result = at(returnTo, { ax: BigInt(FUNCTION), bx: 64n });
    const value = { offset: 0, size: 8, lo: START + returnTo, hi: 0, source: 'instruction' };
    expect(result).toMatchObject({ kind: 'store', ...value, instructionKnown: true, instructionLo: START + call });
  });

  test.each([
    ['call rax to another place', 7],
    ['no call at all before it', 12],
  ])('%s is not blamed', (_, returnTo) => {
    expect(at(returnTo)).toMatchObject({ kind: 'unknown', instructionKnown: false });
  });

  test('without the sampled stack only the place is known', () => {
    expect(at(null)).toMatchObject({ kind: 'unknown', placeKnown: true, offset: 0, size: 8, instructionKnown: false });
  });

  test('cannot have come to the middle of a function: push rbp is what stored there', () => {
    const hit = { ip: FUNCTION + 1, registers: { sp: RANGE, bp: 9n }, functions: [START, FUNCTION] };
    expect(rebuild(CODE, hit)).toMatchObject({ kind: 'store', lo: 9, instructionLo: FUNCTION });
  });

  test('may have come to code without symbols, so that push rbp is not certain there', () => {
    const hit = { ip: FUNCTION + 1, registers: { sp: RANGE, bp: 9n }, functions: null };
    expect(rebuild(CODE, hit)).toMatchObject(NOTHING);
    const returnsElsewhere = { ...hit, fields: { stackTopKnown: true, stackTopLo: 64 } };
    expect(rebuild(CODE, returnsElsewhere)).toMatchObject(NOTHING);
  });
});

test('any code and any registers give a result that keeps its word', () => {
  const near = fc.integer({ min: -40, max: 40 }).map((distance) => RANGE + BigInt(distance));
  const register = fc.oneof(near, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
  const registers = fc.record({
    ax: register,
    bx: register,
    cx: register,
    si: register,
    di: register,
    sp: register,
    r8: register,
    flags: register,
  });
  const code = fc.uint8Array({ minLength: 1, maxLength: 80 });
  fc.assert(
    fc.property(code, registers, fc.boolean(), fc.boolean(), (bytes, values, symbols, writesOnly) => {
      const fields = { writesOnly, old: new Uint8Array(8) };
      const functions = symbols ? [START] : null;
      const result = rebuild(Buffer.from(bytes).toString('hex'), { ip: START + bytes.length, registers: values, functions, fields });
      if (result.kind === 'store') expect(result.size).toBeGreaterThan(0);
      if (result.kind === 'store') expect(result.size).toBeLessThanOrEqual(8);
      if (result.placeKnown) expect(result.offset < 8 && result.offset + result.size > 0).toBe(true);
      if (result.foundKnown) expect(result.foundSize >= 1 && result.foundSize <= 8).toBe(true);
      expect([result.lo, result.hi].every((half) => half >= 0 && half < 2 ** 32)).toBe(true);
    }),
    { seed: 20070222, numRuns: 3000 },
  );
});
