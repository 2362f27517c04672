import { describe, expect, test } from 'vitest';
import { type CodeSource, codeFromBytes } from './code-source.js';
import { loadDecoder } from './decoder.js';
import { AccessRebuilder } from './rebuild.js';
import { FLAG, type RegisterName, registersFrom } from './registers.js';
import { type AccessSample, newAccessSample, newRebuiltAccess, type RebuiltAccess } from './sample.js';

const START = 0x40_1000n;
const RANGE = 0x7f12_3456_7000n;

const decoder = await loadDecoder();

type Registers = { readonly [name in RegisterName]?: bigint };
type Fields = Partial<AccessSample>;

/** What a hit on 8 bytes at RANGE is rebuilt to, right after the instruction `hex`, which is the first of its function. */
function rebuild(hex: string, registers: Registers, fields: Fields = {}): RebuiltAccess {
  const bytes = Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
  return rebuildIn(codeFromBytes(START, bytes), START + BigInt(bytes.length), { registers, fields });
}

function rebuildIn(code: CodeSource, ip: bigint, hit: { registers: Registers; fields?: Fields }): RebuiltAccess {
  const out = newRebuiltAccess();
  const sample = newAccessSample({
    ipLo: Number(ip),
    registers: registersFrom(hit.registers),
    rangeLo: Number(RANGE & 0xffff_ffffn),
    rangeHi: Number(RANGE >> 32n),
    rangeSize: 8,
    ...hit.fields,
  });
  new AccessRebuilder(decoder, code, () => START).run(sample, out);
  return out;
}

const store = (offset: number, size: number, value: bigint, source: RebuiltAccess['source'] = 'registers') => ({
  kind: 'store',
  offset,
  size,
  lo: Number(value & 0xffff_ffffn),
  hi: Number(value >> 32n),
  source,
  instructionKnown: true,
  instructionLo: Number(START),
});
const unknownAt = (offset: number, size: number) => ({ kind: 'unknown', placeKnown: true, offset, size, instructionKnown: true });
const NOTHING = { kind: 'unknown', placeKnown: false, foundKnown: false, instructionKnown: false };
const found = (offset: number, size: number, value: bigint) => ({
  foundKnown: true,
  foundOffset: offset,
  foundSize: size,
  foundLo: Number(value & 0xffff_ffffn),
  foundHi: Number(value >> 32n),
});
const old = (...bytes: number[]) => ({ old: Uint8Array.from(bytes) });
const zeros = old(0, 0, 0, 0, 0, 0, 0, 0);
const READ = { writesOnly: false };
const A = 0x8877_6655_4433_2211n;

describe('stores of registers', () => {
  test.each([
    ['mov [rbx], al', '88 03', store(0, 1, 0x11n)],
    ['mov [rbx], ah', '88 23', store(0, 1, 0x22n)],
    ['mov [rbx], ax', '66 89 03', store(0, 2, 0x2211n)],
    ['mov [rbx], eax', '89 03', store(0, 4, 0x4433_2211n)],
    ['mov [rbx], rax', '48 89 03', store(0, 8, A)],
    ['mov [rbx+3], eax', '89 43 03', store(3, 4, 0x4433_2211n)],
    ['mov [rbx-4], rax', '48 89 43 fc', store(-4, 8, A)],
    ['mov [rbx+rcx*4], eax', '89 04 8b', store(4, 4, 0x4433_2211n)],
    ['movnti [rbx], rax', '48 0f c3 03', store(0, 8, A)],
    ['movbe [rbx], eax', '0f 38 f1 03', store(0, 4, 0x1122_3344n)],
    ['movbe [rbx], rax', '48 0f 38 f1 03', store(0, 8, 0x1122_3344_5566_7788n)],
  ])('%s', (_, hex, expected) => {
    expect(rebuild(hex, { bx: RANGE, ax: A, cx: 1n })).toMatchObject(expected);
  });

  test.each([
    ['mov [rip+16], eax', '89 05 10 00 00 00', START + 6n + 16n],
    ['mov [rip-16], eax', '89 05 f0 ff ff ff', START + 6n - 16n],
    ['mov [0x1234], eax', '89 04 25 34 12 00 00', 0x1234n],
    ['mov [ebx+0x10], eax with RBX above 4 GiB', '67 89 43 10', 0x1010n],
  ])('%s', (_, hex, address) => {
    const fields = { rangeLo: Number(address), rangeHi: 0 };
    expect(rebuild(hex, { ax: 7n, bx: 0x5_0000_1000n }, fields)).toMatchObject(store(0, 4, 7n));
  });

  test('an address whose lower halves carry: mov [rbx+rcx*8+0x7fffffff], al', () => {
    const cx = (RANGE - 0x7fff_ffffn - 0x6_ffff_ffff_0000n) / 8n;
    const bx = RANGE - 0x7fff_ffffn - cx * 8n;
    expect(rebuild('88 84 cb ff ff ff 7f', { ax: 5n, bx, cx: BigInt.asUintN(64, cx) })).toMatchObject(store(0, 1, 5n));
  });
});

describe('stores of operands in the code, and of flags', () => {
  test.each([
    ['mov byte [rbx], -1', 'c6 03 ff', store(0, 1, 0xffn, 'instruction')],
    ['mov word [rbx], 0x1234', '66 c7 03 34 12', store(0, 2, 0x1234n, 'instruction')],
    ['mov dword [rbx], -2', 'c7 03 fe ff ff ff', store(0, 4, 0xffff_fffen, 'instruction')],
    ['mov qword [rbx], -2', '48 c7 03 fe ff ff ff', store(0, 8, 0xffff_ffff_ffff_fffen, 'instruction')],
    ['and dword [rbx], 0', '83 23 00', store(0, 4, 0n, 'instruction')],
    ['or qword [rbx], -1', '48 83 0b ff', store(0, 8, 0xffff_ffff_ffff_ffffn, 'instruction')],
    ['sete [rbx]', '0f 94 03', store(0, 1, 1n)],
    ['setne [rbx]', '0f 95 03', store(0, 1, 0n)],
    ['setg [rbx]', '0f 9f 03', store(0, 1, 0n)],
  ])('%s', (_, hex, expected) => {
    expect(rebuild(hex, { bx: RANGE, flags: BigInt(FLAG.zero) })).toMatchObject(expected);
  });
});

describe('the stack', () => {
  test.each([
    ['push rax', '50', store(0, 8, A)],
    ['push ax', '66 50', store(0, 2, 0x2211n)],
    ['push rsp', '54', store(0, 8, RANGE + 8n)],
    ['push -3', '6a fd', store(0, 8, 0xffff_ffff_ffff_fffdn, 'instruction')],
    ['pushfq', '9c', store(0, 8, 0x246n)],
    ['push qword [rbx]', 'ff 33', unknownAt(0, 8)],
    ['pop qword [rsp+8]', '8f 44 24 08', unknownAt(8, 8)],
    ['enter 0, 0', 'c8 00 00 00', unknownAt(0, 8)],
  ])('%s', (_, hex, expected) => {
    const fields = hex.startsWith('8f') ? { rangeSize: 16 } : {};
    const registers = { sp: RANGE, bp: RANGE, ax: A, flags: 0x1_0246n };
    expect(rebuild(hex, registers, fields)).toMatchObject(expected);
  });

  test('pop rax reads below the new stack pointer', () => {
    expect(rebuild('58', { sp: RANGE + 8n, ax: A }, READ)).toMatchObject({ kind: 'unchanged', ...found(0, 8, A) });
  });

  test('leave read the frame pointer below the new stack pointer', () => {
    expect(rebuild('c9', { sp: RANGE + 8n, bp: A }, READ)).toMatchObject({ kind: 'unchanged', ...found(0, 8, A) });
  });
});

describe('arithmetic on a known old value', () => {
  const flags = (...names: (keyof typeof FLAG)[]) => BigInt(names.reduce((bits, name) => bits | FLAG[name], 2));
  test.each([
    ['add dword [rbx], eax', '01 03', old(0xff, 0xff, 0xff, 0x7f, 9, 9, 9, 9), flags('sign', 'parity', 'overflow'), 0x8000_0000n],
    ['sub dword [rbx], 5', '83 2b 05', old(7, 0, 0, 0, 9, 9, 9, 9), flags(), 2n],
    ['and dword [rbx], 6', '83 23 06', old(7, 1, 1, 1, 9, 9, 9, 9), flags('parity'), 6n],
    ['or dword [rbx], 6', '83 0b 06', old(1, 0, 0, 0, 9, 9, 9, 9), flags(), 7n],
    ['xor dword [rbx], 6', '83 33 06', old(1, 0, 0, 0, 9, 9, 9, 9), flags(), 7n],
    ['inc dword [rbx]', 'ff 03', old(0xff, 0, 0, 0, 9, 9, 9, 9), flags('parity'), 0x100n],
    ['dec dword [rbx]', 'ff 0b', old(0, 1, 0, 0, 9, 9, 9, 9), flags('parity'), 0xffn],
    ['neg dword [rbx]', 'f7 1b', old(1, 0, 0, 0, 9, 9, 9, 9), flags('carry', 'sign', 'parity'), 0xffff_ffffn],
    ['not dword [rbx]', 'f7 13', old(1, 0, 0, 0, 9, 9, 9, 9), flags(), 0xffff_fffen],
    ['shl dword [rbx], 4', 'c1 23 04', old(0x10, 0, 0, 0, 9, 9, 9, 9), flags('parity'), 0x100n],
    ['shr dword [rbx], cl', 'd3 2b', old(0x10, 0, 0, 0, 9, 9, 9, 9), flags(), 2n],
    ['sar dword [rbx], 1', 'd1 3b', old(0, 0, 0, 0x80, 9, 9, 9, 9), flags('sign', 'parity'), 0xc000_0000n],
    ['rol dword [rbx], 1', 'd1 03', old(0, 0, 0, 0x80, 9, 9, 9, 9), flags('carry'), 1n],
    ['ror dword [rbx], 1', 'd1 0b', old(1, 0, 0, 0, 9, 9, 9, 9), flags('carry'), 0x8000_0000n],
    ['bts dword [rbx], 3', '0f ba 2b 03', old(0, 0, 0, 0, 9, 9, 9, 9), flags(), 8n],
    ['btr dword [rbx], 3', '0f ba 33 03', old(9, 0, 0, 0, 9, 9, 9, 9), flags('carry'), 1n],
    ['btc dword [rbx], 3', '0f ba 3b 03', old(1, 0, 0, 0, 9, 9, 9, 9), flags(), 9n],
  ])('%s', (_, hex, bytes, after, value) => {
    const registers = { bx: RANGE, ax: 1n, cx: 3n, flags: after };
    expect(rebuild(hex, registers, bytes)).toMatchObject({ ...store(0, 4, value, 'arithmetic'), oldDisproved: false });
    expect(rebuild(hex, registers)).toMatchObject(unknownAt(0, 4));
  });

  test('flags that contradict the old value make it unknown: inc dword [rbx]', () => {
    const registers = { bx: RANGE, flags: flags('sign') };
    expect(rebuild('ff 03', registers, zeros)).toMatchObject({ ...unknownAt(0, 4), oldDisproved: true });
  });

  test('a zero result needs no old value: lock dec dword [rbx]', () => {
    const registers = { bx: RANGE, flags: flags('zero', 'parity') };
    expect(rebuild('f0 ff 0b', registers)).toMatchObject({ ...store(0, 4, 0n, 'arithmetic'), oldDisproved: false });
  });

  test('an operand half outside the range is told as far as its old bytes are known: or dword [rbx+6], 0x01020304', () => {
    const result = rebuild('81 4b 06 04 03 02 01', { bx: RANGE }, old(0, 0, 0, 0, 0, 0, 0x10, 0x20));
    expect(result).toMatchObject(store(6, 2, 0x2314n, 'arithmetic'));
  });

  test.each([
    ['adc [rbx], eax', '11 03'],
    ['sbb [rbx], eax', '19 03'],
    ['rcl dword [rbx], 1', 'd1 13'],
  ])('%s needs the carry from before, which is gone', (_, hex) => {
    expect(rebuild(hex, { bx: RANGE }, zeros)).toMatchObject(unknownAt(0, 4));
  });
});

describe('exchanges show what they found', () => {
  const registers = { bx: RANGE, ax: A, cx: 0x99n };
  const equal = { ...registers, flags: BigInt(FLAG.zero) };
  test.each([
    ['xchg [rbx], eax', '87 03', registers, { ...unknownAt(0, 4), ...found(0, 4, 0x4433_2211n) }],
    ['xadd [rbx], rax', '48 0f c1 03', registers, { ...unknownAt(0, 8), ...found(0, 8, A) }],
    ['cmpxchg [rbx], ecx, equal', 'f0 0f b1 0b', equal, { ...store(0, 4, 0x99n), ...found(0, 4, 0x4433_2211n) }],
    ['cmpxchg [rbx], ecx, different', 'f0 0f b1 0b', registers, { kind: 'unchanged', ...found(0, 4, 0x4433_2211n) }],
  ])('%s', (_, hex, after, expected) => {
    expect(rebuild(hex, after)).toMatchObject(expected);
  });

  const wide = { si: RANGE, ax: 1n, dx: 2n, bx: 3n, cx: 4n };
  test.each([
    ['cmpxchg8b [rsi]', 'f0 0f c7 0e', RANGE, 8, { ...store(0, 8, 0x4_0000_0003n), ...found(0, 8, 0x2_0000_0001n) }],
    ['cmpxchg16b [rsi], lower half watched', 'f0 48 0f c7 0e', RANGE, 8, { ...store(0, 8, 3n), ...found(0, 8, 1n) }],
    ['cmpxchg16b [rsi], upper half watched', 'f0 48 0f c7 0e', RANGE - 8n, 8, { ...store(0, 8, 4n), ...found(0, 8, 2n) }],
    ['cmpxchg16b [rsi], both watched', 'f0 48 0f c7 0e', RANGE, 16, { ...unknownAt(0, 16), ...found(0, 8, 1n) }],
  ])('%s', (_, hex, si, rangeSize, expected) => {
    expect(rebuild(hex, { ...wide, si, flags: BigInt(FLAG.zero) }, { rangeSize })).toMatchObject(expected);
    expect(rebuild(hex, { ...wide, si }, { rangeSize })).toMatchObject({ kind: 'unchanged', foundLo: expected.foundLo });
  });

  test('cmpxchg [rax], ecx has lost its address when it failed', () => {
    expect(rebuild('0f b1 08', { ax: RANGE })).toMatchObject({ kind: 'unknown', placeKnown: false, instructionKnown: true });
  });
});

describe('string instructions', () => {
  const down = BigInt(FLAG.direction);
  test.each([
    ['stosb', 'aa', { di: RANGE + 1n }, store(0, 1, 0x11n)],
    ['stosq', '48 ab', { di: RANGE + 8n }, store(0, 8, A)],
    ['stosd, DF set', 'ab', { di: RANGE - 4n, flags: down }, store(0, 4, 0x4433_2211n)],
    ['movsb', 'a4', { di: RANGE + 1n, si: 64n }, unknownAt(0, 1)],
    ['rep stosq', 'f3 48 ab', { di: RANGE + 80n }, store(0, 8, A)],
    ['rep stosd over part of the range', 'f3 ab', { di: RANGE + 8n }, unknownAt(0, 8)],
    ['rep stosq, DF set', 'f3 48 ab', { di: RANGE - 16n, flags: down }, store(0, 8, A)],
    ['rep movsb', 'f3 a4', { di: RANGE + 5n, si: 64n }, unknownAt(0, 5)],
  ])('%s', (_, hex, registers, expected) => {
    expect(rebuild(hex, { ax: A, ...registers })).toMatchObject(expected);
  });

  test('rep stosb is told where the bytes it may also have filled hold the same: one by one', () => {
    const filled = old(0x11, 0x11, 0, 0, 0, 0, 0, 0);
    expect(rebuild('f3 aa', { ax: A, di: RANGE + 3n }, filled)).toMatchObject(store(2, 1, 0x11n));
    expect(rebuild('f3 aa', { ax: A, di: RANGE + 4n }, filled)).toMatchObject(unknownAt(0, 4));
  });

  test('a REP instruction under way is blamed though the instruction pointer is still on it', () => {
    const code = codeFromBytes(START, Uint8Array.of(0x90, 0xf3, 0x48, 0xab, 0x90));
    const registers = { ax: A, di: RANGE + 8n, cx: 3n };
    const blamed = { ...store(0, 8, A), instructionLo: Number(START) + 1 };
    expect(rebuildIn(code, START + 1n, { registers })).toMatchObject(blamed);
    expect(rebuildIn(code, START + 1n, { registers: { ...registers, cx: 0n } })).toMatchObject(NOTHING);
  });

  test('a store right before a REP instruction that may be under way contradicts it, unless RF says that it is', () => {
    // mov [rdi-8], rcx; rep stosq
    const code = codeFromBytes(START, Uint8Array.of(0x48, 0x89, 0x4f, 0xf8, 0xf3, 0x48, 0xab));
    const registers = { ax: A, di: RANGE + 8n, cx: 3n };
    expect(rebuildIn(code, START + 4n, { registers })).toMatchObject(NOTHING);
    const resumed = { ...registers, flags: BigInt(FLAG.resume) };
    expect(rebuildIn(code, START + 4n, { registers: resumed })).toMatchObject({ ...store(0, 8, A), instructionLo: Number(START) + 4 });
  });
});

describe('reads', () => {
  const registers = { bx: RANGE, ax: A, cx: 0x11n, flags: BigInt(FLAG.zero) };
  test.each([
    ['mov rcx, [rbx]', '48 8b 0b', found(0, 8, 0x11n)],
    ['mov ah, [rbx]', '8a 23', found(0, 1, 0x22n)],
    ['movzx eax, byte [rbx]', '0f b6 03', found(0, 1, 0x11n)],
    ['movsx rax, word [rbx]', '48 0f bf 03', found(0, 2, 0x2211n)],
    ['movbe eax, [rbx]', '0f 38 f0 03', found(0, 4, 0x1122_3344n)],
    ['cmp [rbx], ecx with ZF', '39 0b', found(0, 4, 0x11n)],
    ['add rax, [rbx]', '48 03 03', { foundKnown: false }],
    ['test dword [rbx], 1', 'f7 03 01 00 00 00', { foundKnown: false }],
    ['movups xmm0, [rbx]', '0f 10 03', { foundKnown: false, size: 16 }],
  ])('%s', (_, hex, expected) => {
    expect(rebuild(hex, registers, READ)).toMatchObject({ kind: 'unchanged', instructionKnown: true, ...expected });
    expect(rebuild(hex, registers)).toMatchObject(NOTHING);
  });

  test('mov rax, [rax] is unchanged, but its address is gone', () => {
    expect(rebuild('48 8b 00', { ax: A }, READ)).toMatchObject({ kind: 'unchanged', placeKnown: false, foundKnown: false });
  });
});

describe('relative to a known FS base', () => {
  const FS = RANGE + 0x1000n;
  function rebuildOf(hex: string, registers: Registers): RebuiltAccess {
    const bytes = Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
    const out = newRebuiltAccess();
    const ip = Number(START) + bytes.length;
    const range = { rangeLo: Number(RANGE & 0xffff_ffffn), rangeHi: Number(RANGE >> 32n), rangeSize: 8 };
    const sample = newAccessSample({ ipLo: ip, registers: registersFrom(registers), ...range });
    new AccessRebuilder(decoder.withFsBase(FS), codeFromBytes(START, bytes), () => START).run(sample, out);
    return out;
  }

  test.each([
    ['mov fs:[-0x1000], eax', '64 89 04 25 00 f0 ff ff', store(0, 4, A & 0xffff_ffffn)],
    ['mov fs:[-0xffc], eax', '64 89 04 25 04 f0 ff ff', store(4, 4, A & 0xffff_ffffn)],
    ['mov fs:[rbx], rax', '64 48 89 03', store(0, 8, A)],
    ['mov fs:[rbx - 8], rax beside the range', '64 48 89 43 f8', NOTHING],
    ['mov fs:[ebx], rax', '67 64 48 89 03', { kind: 'unknown', placeKnown: false }],
    ['mov gs:[rbx], rax', '65 48 89 03', { kind: 'unknown', placeKnown: false }],
  ])('%s', (_, hex, expected) => {
    expect(rebuildOf(hex, { ax: A, bx: -0x1000n })).toMatchObject(expected);
  });
});

describe('what cannot be told', () => {
  test.each([
    ['movups [rbx], xmm0', '0f 11 03', unknownAt(0, 16)],
    ['movq [rbx], xmm0', '66 0f d6 03', unknownAt(0, 8)],
    ['mov [rbx], ds', '8c 1b', unknownAt(0, 2)],
    ['fstp qword [rbx]', 'dd 1b', unknownAt(0, 8)],
    ['mov fs:[rbx], eax', '64 89 03', { kind: 'unknown', placeKnown: false, instructionKnown: true }],
    ['bts [rbx], eax', '0f ab 03', { kind: 'unknown', placeKnown: false, instructionKnown: true }],
    ['mov [rbx+64], eax beside the range', '89 43 40', NOTHING],
    ['lea rax, [rbx]', '48 8d 03', NOTHING],
    ['jmp [rbx]', 'ff 23', NOTHING],
    ['ret', 'c3', NOTHING],
    ['not an instruction', '06', NOTHING],
  ])('%s', (_, hex, expected) => {
    expect(rebuild(hex, { bx: RANGE, sp: 64n })).toMatchObject(expected);
  });

  test('nothing is known of unreadable code', () => {
    expect(rebuildIn({ read: () => null }, START, { registers: { bx: RANGE } })).toMatchObject(NOTHING);
  });
});
