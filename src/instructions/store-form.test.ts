import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { highU32, joinU64, lowU32 } from '../base/u64.js';
import { codeFromBytes } from './code-source.js';
import { loadDecoder } from './decoder.js';
import { AccessRebuilder } from './rebuild.js';
import { REGISTER, type RegisterName, registersFrom } from './registers.js';
import { newAccessSample, newRebuiltAccess } from './sample.js';
import type { StoreForm } from './store-form.js';

const START = 0x40_1000n;

const decoder = await loadDecoder();

/** The form of the instruction `hex`, the first of its function, at the address behind it. */
function formOf(hex: string): StoreForm | null {
  const bytes = bytesOf(hex);
  return rebuilderFor(bytes).storeAt(Number(START) + bytes.length, 0);
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

/** For one function of these bytes, which a nop follows. */
function rebuilderFor(bytes: Uint8Array): AccessRebuilder {
  return new AccessRebuilder(decoder, codeFromBytes(START, Uint8Array.of(...bytes, 0x90)), () => START);
}

type Registers = { readonly [name in RegisterName]?: bigint };

/** What an engine makes of a form: sums and cuts, nothing else. */
function carriedOut(form: StoreForm, words: Uint32Array): { readonly address: bigint; readonly value: bigint } {
  const register = (index: number): bigint => (index < 0 ? 0n : joinU64(words[2 * index] ?? 0, words[2 * index + 1] ?? 0));
  const sum = register(form.base) + register(form.index) * BigInt(form.scale) + joinU64(form.dispLo, form.dispHi);
  const value = form.register < 0 ? joinU64(form.immediateLo, form.immediateHi) : register(form.register);
  return { address: BigInt.asUintN(64, sum), value: BigInt.asUintN(8 * form.size, value) };
}

const A = 0x8877_6655_4433_2211n;
const AT = 0x7f12_3456_7000n;

describe('plain stores', () => {
  test.each<[string, string, number, bigint, bigint]>([
    ['mov [rbx], al', '88 03', 1, AT, 0x11n],
    ['mov [rbx], sil', '40 88 33', 1, AT, 0x42n],
    ['mov [rbx], ax', '66 89 03', 2, AT, 0x2211n],
    ['mov [rbx], eax', '89 03', 4, AT, 0x4433_2211n],
    ['mov [rbx], rax', '48 89 03', 8, AT, A],
    ['mov [rbx], r9', '4c 89 0b', 8, AT, 9n],
    ['mov [rbx], rbx', '48 89 1b', 8, AT, AT],
    ['mov byte [rbx], -1', 'c6 03 ff', 1, AT, 0xffn],
    ['mov word [rbx], 0x1234', '66 c7 03 34 12', 2, AT, 0x1234n],
    ['mov dword [rbx], -2', 'c7 03 fe ff ff ff', 4, AT, 0xffff_fffen],
    ['mov qword [rbx], -2', '48 c7 03 fe ff ff ff', 8, AT, 0xffff_ffff_ffff_fffen],
    ['and dword [rbx], 0: a short store', '83 23 00', 4, AT, 0n],
    ['or qword [rbx], -1: a short store', '48 83 0b ff', 8, AT, 0xffff_ffff_ffff_ffffn],
    ['mov [rip+16], eax', '89 05 10 00 00 00', 4, START + 6n + 16n, 0x4433_2211n],
    ['mov dword [rip-16], 7: the immediate lies between', 'c7 05 f0 ff ff ff 07 00 00 00', 4, START + 10n - 16n, 7n],
    ['mov [0x1234], eax', '89 04 25 34 12 00 00', 4, 0x1234n, 0x4433_2211n],
    ['mov [-16], eax: the displacement is signed', '89 04 25 f0 ff ff ff', 4, 0xffff_ffff_ffff_fff0n, 0x4433_2211n],
    ['mov [0x1122334455667788], rax', '48 a3 88 77 66 55 44 33 22 11', 8, 0x1122_3344_5566_7788n, A],
    ['mov [rbx-4], rax', '48 89 43 fc', 8, AT - 4n, A],
    ['mov [rbx+rcx*4+8], eax', '89 44 8b 08', 4, AT + 5n * 4n + 8n, 0x4433_2211n],
    ['mov [r9*8+rbx], rax', '4a 89 04 cb', 8, AT + 72n, A],
    ['mov [rsp+8], rax', '48 89 44 24 08', 8, AT + 0x1008n, A],
    // The pointer has moved when the hit is reported: what was pushed lies right where it points now.
    ['push rax', '50', 8, AT + 0x1000n, A],
    ['push ax', '66 50', 2, AT + 0x1000n, 0x2211n],
    ['push -3', '6a fd', 8, AT + 0x1000n, 0xffff_ffff_ffff_fffdn],
    // Not temporal, but the register holds it all the same.
    ['movnti [rbx], rax', '48 0f c3 03', 8, AT, A],
  ])('%s', (_, hex, size, address, value) => {
    const form = formOf(hex);
    const words = registersFrom({ ax: A, bx: AT, cx: 5n, si: 0x4142n, sp: AT + 0x1000n, r9: 9n });
    expect(form).not.toBeNull();
    if (form !== null) expect({ size: form.size, ...carriedOut(form, words) }).toEqual({ size, address, value });
  });
});

describe('not plain', () => {
  test.each([
    ['mov [rbx], ah: the second byte of a register', '88 23'],
    ['mov [ebx], eax: a sum cut to 32 bits', '67 89 03'],
    ['mov fs:[0x28], rax: a base that no register shows', '64 48 89 04 25 28 00 00 00'],
    ['mov gs:[rbx], eax', '65 89 03'],
    ['movbe [rbx], eax: bytes in the other order', '0f 38 f1 03'],
    ['xchg [rbx], eax: the register holds what was found', '87 03'],
    ['xadd [rbx], eax', '0f c1 03'],
    ['lock cmpxchg [rbx], ecx: stored or not', 'f0 0f b1 0b'],
    ['lock cmpxchg16b [rbx]', 'f0 48 0f c7 0b'],
    ['add [rbx], eax: depends on what was there', '01 03'],
    ['inc dword [rbx]', 'ff 03'],
    ['and dword [rbx], 6', '83 23 06'],
    ['sete [rbx]: 1 or 0 by the flags', '0f 94 03'],
    ['stosb', 'aa'],
    ['rep stosq', 'f3 48 ab'],
    ['movsb', 'a4'],
    ['rep movsb', 'f3 a4'],
    ['push rsp: the value from before', '54'],
    ['push qword [rbx]: two accesses', 'ff 33'],
    ['pop qword [rbx]: the stack is read too', '8f 03'],
    ['pushfq', '9c'],
    ['enter 0, 0', 'c8 00 00 00'],
    ['mov [rbx], ds', '8c 1b'],
    ['movaps [rbx], xmm0', '0f 29 03'],
    ['movq [rbx], xmm0', '66 0f d6 03'],
    ['fstp qword [rbx]', 'dd 1b'],
    ['mov eax, [rbx]: reads', '8b 03'],
    ['cmp [rbx], eax: reads', '39 03'],
    ['call rel32: jumps away', 'e8 00 00 00 00'],
    ['nop', '90'],
  ])('%s', (_, hex) => {
    expect(formOf(hex)).toBeNull();
  });

  const STORE = bytesOf('48 89 03');

  test('at the entry of a function, which a call may have led to', () => {
    const code = codeFromBytes(START, Uint8Array.of(...STORE, 0x90));
    const entry = START + BigInt(STORE.length);
    const rebuilder = new AccessRebuilder(decoder, code, (address) => (address >= entry ? entry : START));
    expect(rebuilder.storeAt(Number(entry), 0)).toBeNull();
  });

  test('before a REP instruction, which may be under way', () => {
    const rebuilder = rebuilderFor(bytesOf('48 89 03 f3 aa'));
    expect(rebuilder.storeAt(Number(START) + 3, 0)).toBeNull();
    expect(rebuilder.storeAt(Number(START) + 5, 0)).toBeNull();
  });

  test('where no symbol says how the code is to be read: 48 89 03 ends there, and so does 89 03', () => {
    const rebuilder = new AccessRebuilder(decoder, codeFromBytes(START, Uint8Array.of(...STORE, 0x90)), () => null);
    expect(rebuilder.storeAt(Number(START) + STORE.length, 0)).toBeNull();
  });

  test('where the bytes of a store are the operand of another instruction', () => {
    // mov rax, imm64 whose last bytes are mov [rbx], rax.
    const rebuilder = rebuilderFor(bytesOf('48 b8 00 00 00 00 00 48 89 03 90'));
    expect(rebuilder.storeAt(Number(START) + 10, 0)).toBeNull();
    expect(rebuilder.storeAt(Number(START) + 9, 0)).toBeNull();
  });

  test('where nothing can be read', () => {
    expect(rebuilderFor(STORE).storeAt(0x1234, 0x7fff)).toBeNull();
  });
});

test('code that changed is read again when the rebuilder is told', () => {
  const bytes = bytesOf('48 89 03 90');
  const rebuilder = new AccessRebuilder(decoder, codeFromBytes(START, bytes), () => START);
  const at = Number(START) + 3;
  expect(rebuilder.storeAt(at, 0)).toMatchObject({ size: 8, register: REGISTER.ax });
  bytes.set(bytesOf('48 01 03'));
  rebuilder.forgetCode();
  expect(rebuilder.storeAt(at, 0)).toBeNull();
  bytes.set(bytesOf('48 89 13'));
  rebuilder.forgetCode();
  expect(rebuilder.storeAt(at, 0)).toMatchObject({ size: 8, register: REGISTER.dx });
});

/** The registers of the layout by the numbers that instructions have for them. */
const ENCODED: readonly RegisterName[] = [
  ...(['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'] as const),
  ...(['r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15'] as const),
];
const NO_INDEX = 4;

interface Mov {
  readonly size: 1 | 2 | 4 | 8;
  readonly register: number;
  /** Stored instead of the register; null: the register is. */
  readonly immediate: number | null;
  /** null: RIP-relative, without an index. */
  readonly base: number | null;
  readonly index: number;
  readonly scale: number;
  readonly disp: number;
}

/**
 *  mov r/m, r or imm:  [66]  0100WRXB  88 | 89 | C6 | C7  mod=10 reg rm=100  SIB  disp32  [imm]      base + index * 2^scale + disp
 *                                                         mod=00 reg rm=101       disp32  [imm]      RIP + disp
 */
function encodeMov({ size, register, immediate, base, index, scale, disp }: Mov): Uint8Array {
  const source = immediate === null ? register : 0;
  const high = (number: number): number => number >> 3;
  const rex = 0x40 | (size === 8 ? 8 : 0) | (high(source) << 2) | (base === null ? 0 : (high(index) << 1) | high(base));
  const opcode = (immediate === null ? 0x88 : 0xc6) + (size === 1 ? 0 : 1);
  const reg = (source & 7) << 3;
  const place = base === null ? [0x05 | reg] : [0x84 | reg, (scale << 6) | ((index & 7) << 3) | (base & 7)];
  const bytes = (value: number, count: number): number[] => Array.from({ length: count }, (_, at) => (value >> (8 * at)) & 0xff);
  const operand = immediate === null ? [] : bytes(immediate, Math.min(size, 4));
  return Uint8Array.of(...(size === 2 ? [0x66] : []), rex, opcode, ...place, ...bytes(disp, 4), ...operand);
}

const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const i32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const number = fc.integer({ min: 0, max: 15 });
const mov: fc.Arbitrary<Mov> = fc.record({
  size: fc.constantFrom(1, 2, 4, 8),
  register: number,
  immediate: fc.option(i32),
  base: fc.option(number),
  index: number,
  scale: fc.integer({ min: 0, max: 3 }),
  disp: i32,
});
const all: fc.Arbitrary<Registers> = fc
  .array(u64, { minLength: ENCODED.length, maxLength: ENCODED.length })
  .map((values) => Object.fromEntries(ENCODED.map((name, at) => [name, values[at] ?? 0n])));

test('of random stores the form gives the address and the value that rebuilding gives, and that the encoding says', () => {
  fc.assert(
    fc.property(mov, all, fc.integer({ min: 1, max: 32 }), fc.nat(), (instruction, registers, rangeSize, shift) => {
      const bytes = encodeMov(instruction);
      const { size } = instruction;
      const expected = { address: addressBy(instruction, registers, bytes.length), value: storedBy(instruction, registers) };
      const range = expected.address + BigInt(size - 1 - (shift % (rangeSize + size - 1)));
      fc.pre(range >= 0n && range + BigInt(rangeSize) <= 2n ** 64n);

      const rebuilder = rebuilderFor(bytes);
      const ip = { ipLo: Number(START) + bytes.length, ipHi: 0 };
      const words = registersFrom(registers);
      const form = rebuilder.storeAt(ip.ipLo, ip.ipHi);
      expect(form?.size).toBe(size);
      if (form !== null) expect(carriedOut(form, words)).toEqual(expected);

      const out = newRebuiltAccess();
      rebuilder.run(newAccessSample({ ...ip, registers: words, rangeLo: lowU32(range), rangeHi: highU32(range), rangeSize }), out);
      const rebuilt = {
        kind: out.kind,
        size: out.size,
        address: BigInt.asUintN(64, range + BigInt(out.offset)),
        value: joinU64(out.lo, out.hi),
      };
      expect(rebuilt).toEqual({ kind: 'store', size, ...expected });
    }),
    { seed: 20070222, numRuns: 3000 },
  );
});

function addressBy({ base, index, scale, disp }: Mov, registers: Registers, length: number): bigint {
  const named = (encoded: number): bigint => registers[ENCODED[encoded] ?? 'flags'] ?? 0n;
  if (base === null) return BigInt.asUintN(64, START + BigInt(length) + BigInt(disp));
  return BigInt.asUintN(64, named(base) + (index === NO_INDEX ? 0n : named(index) << BigInt(scale)) + BigInt(disp));
}

function storedBy({ size, register, immediate }: Mov, registers: Registers): bigint {
  return BigInt.asUintN(8 * size, immediate === null ? (registers[ENCODED[register] ?? 'flags'] ?? 0n) : BigInt(immediate));
}
