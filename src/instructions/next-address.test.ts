// Every kind of instruction once, by its bytes; test/instructions holds the rules against the processor's own single steps.
import { beforeAll, describe, expect, test } from 'vitest';
import { loadNextAddress, type NextAddressFinder } from './next-address.js';
import type { NextAddress } from './stopped-thread.js';
import { USER_WORD, type UserWord } from './user-registers.js';

const IP = 0x40_1000n;
const STACK = 0x7fff_0000n;
let finder: NextAddressFinder;

beforeAll(async () => {
  finder = await loadNextAddress();
});

type Setting = Partial<Record<UserWord, bigint>>;

/** The answer for `code` at IP; `memory` holds words of 8 bytes by address. */
function next(code: readonly number[], setting: Setting = {}, memory: Readonly<Record<string, bigint>> = {}): NextAddress {
  const registers = new BigUint64Array(27);
  for (const [name, value] of Object.entries({ rip: IP, cs: 0x33n, rsp: STACK, originalRax: -1n, ...setting }))
    registers[USER_WORD[name as UserWord]] = BigInt.asUintN(64, value);
  const readMemory = (address: bigint, length: number): Uint8Array | null => {
    if (address === IP) return Uint8Array.from(code).subarray(0, length);
    const word = memory[address.toString(16)];
    return word === undefined ? null : new Uint8Array(new BigUint64Array([word]).buffer).subarray(0, length);
  };
  return finder.next({ registers, isInSystemCall: false, restartable: null, readMemory });
}

function at(...addresses: bigint[]): NextAddress {
  return { kind: 'at', addresses, overItself: addresses.includes(IP) };
}

describe('straight on', () => {
  test.each([
    ['nop', [0x90], 1n],
    ['rep movsb is one instruction', [0xf3, 0xa4], 2n],
    ['ud2, whose signal comes first', [0x0f, 0x0b], 2n],
    ['a system call', [0x0f, 0x05], 2n],
    ['int3, which the kernel passes', [0xcc], 1n],
  ] as const)('%s', (_, code, length) => {
    expect(next(code)).toEqual(at(IP + length));
  });
});

describe('jumps', () => {
  test('direct', () => {
    expect(next([0xeb, 0x10])).toEqual(at(IP + 0x12n));
    expect(next([0xe8, 0, 1, 0, 0])).toEqual(at(IP + 0x105n));
  });

  test('to itself', () => {
    expect(next([0xeb, 0xfe])).toEqual({ kind: 'at', addresses: [IP], overItself: true });
  });

  test('through a register and through memory', () => {
    expect(next([0xff, 0xe0], { rax: 0x1234n })).toEqual(at(0x1234n));
    expect(next([0x41, 0xff, 0xd3], { r11: 0x5678n })).toEqual(at(0x5678n));
    // jmp [rdi + rcx*8 + 0x10]
    expect(next([0xff, 0x64, 0xcf, 0x10], { rdi: 0x1000n, rcx: 2n }, { '1020': 0xabcdn })).toEqual(at(0xabcdn));
    // jmp [rip + 0x20]; call fs:[0x18]; call [esp + 8], cut to 32 bits
    expect(next([0xff, 0x25, 0x20, 0, 0, 0], {}, { [(IP + 0x26n).toString(16)]: 7n })).toEqual(at(7n));
    expect(next([0x64, 0xff, 0x14, 0x25, 0x18, 0, 0, 0], { fsBase: 0x7000n }, { '7018': 9n })).toEqual(at(9n));
    expect(next([0x67, 0xff, 0x54, 0x24, 8], { rsp: 0xffff_ffffn }, { '7': 11n })).toEqual(at(11n));
  });

  test('far, through memory: an offset of 8 or 4 bytes', () => {
    expect(next([0x48, 0xff, 0x28], { rax: 0x2000n }, { '2000': 0x1_2345_6789n })).toEqual(at(0x1_2345_6789n));
    expect(next([0xff, 0x28], { rax: 0x2000n }, { '2000': 0x33_2345_6789n })).toEqual(at(0x2345_6789n));
  });
});

describe('conditions', () => {
  const CARRY = 1n;
  const ZERO = 0x40n;
  test.each([
    ['je, ZF', [0x74, 8], { eflags: ZERO }, 10n],
    ['je, no ZF', [0x74, 8], {}, 2n],
    ['ja, neither', [0x77, 8], {}, 10n],
    ['ja, CF', [0x77, 8], { eflags: CARRY }, 2n],
    ['jg near, SF and OF', [0x0f, 0x8f, 8, 0, 0, 0], { eflags: 0x880n }, 14n],
    ['jrcxz, 0', [0xe3, 8], { rcx: 0n }, 10n],
    ['jrcxz, 2^32', [0xe3, 8], { rcx: 1n << 32n }, 2n],
    ['jecxz, 2^32', [0x67, 0xe3, 8], { rcx: 1n << 32n }, 11n],
    ['loop, 2', [0xe2, 8], { rcx: 2n }, 10n],
    ['loop, 1', [0xe2, 8], { rcx: 1n }, 2n],
    ['loop, 0', [0xe2, 8], { rcx: 0n }, 10n],
    ['loop by ecx, 2^32 + 1', [0x67, 0xe2, 8], { rcx: (1n << 32n) + 1n }, 3n],
    ['loope, 2 and ZF', [0xe1, 8], { rcx: 2n, eflags: ZERO }, 10n],
    ['loope, 2 and no ZF', [0xe1, 8], { rcx: 2n }, 2n],
    ['loopne, 2 and no ZF', [0xe0, 8], { rcx: 2n }, 10n],
    ['loopne, 1 and no ZF', [0xe0, 8], { rcx: 1n }, 2n],
  ] as const)('%s', (_, code, setting, distance) => {
    expect(next(code, setting)).toEqual(at(IP + distance));
  });
});

describe('returns', () => {
  const memory = { [STACK.toString(16)]: 0x5_4321_0000n };
  test.each([
    ['ret', [0xc3], 0x5_4321_0000n],
    ['ret 16', [0xc2, 16, 0], 0x5_4321_0000n],
    ['retfq', [0x48, 0xcb], 0x5_4321_0000n],
    ['retf, 4 bytes', [0xcb], 0x4321_0000n],
    ['iretq', [0x48, 0xcf], 0x5_4321_0000n],
  ] as const)('%s', (_, code, target) => {
    expect(next(code, {}, memory)).toEqual(at(target));
  });

  test('rt_sigreturn goes to the frame, which lies 168 bytes above the stack pointer', () => {
    expect(next([0x0f, 0x05], { rax: 15n }, { [(STACK + 168n).toString(16)]: 0x99n })).toEqual(at(0x99n));
  });
});

describe('system calls', () => {
  test('exit and exit_group end the thread', () => {
    expect(next([0x0f, 0x05], { rax: 60n })).toEqual({ kind: 'ends' });
    expect(next([0x0f, 0x05], { rax: 231n })).toEqual({ kind: 'ends' });
  });

  test('an exec that fails goes on', () => {
    expect(next([0x0f, 0x05], { rax: 59n })).toEqual(at(IP + 2n));
  });

  test('one that was interrupted is begun again, and done where the thread stands', () => {
    expect(next([0x90], { originalRax: 0n, rax: -512n })).toEqual({ kind: 'at', addresses: [IP], overItself: false });
    expect(next([0x90], { originalRax: 0n, rax: -4n })).toEqual(at(IP + 1n));
    expect(next([0x90], { originalRax: -1n, rax: -512n })).toEqual(at(IP + 1n));
  });
});

describe('a restartable sequence', () => {
  const RSEQ = 0x9000n;
  const SEQUENCE = 0xa000n;

  function inSequence(ip: bigint): NextAddress {
    const registers = new BigUint64Array(27);
    Object.assign(registers, { [USER_WORD.rip]: ip, [USER_WORD.cs]: 0x33n, [USER_WORD.originalRax]: 2n ** 64n - 1n });
    const words: readonly (readonly [bigint, readonly bigint[]])[] = [
      [RSEQ + 8n, [SEQUENCE]],
      [SEQUENCE + 8n, [IP, 0x10n, 0xdead0n]],
      [ip, [0x90n]],
    ];
    const readMemory = (address: bigint) => {
      const found = words.find(([start]) => start === address);
      return found === undefined ? null : new Uint8Array(BigUint64Array.from(found[1]).buffer);
    };
    return finder.next({ registers, isInSystemCall: false, restartable: RSEQ, readMemory });
  }

  test.each([
    ['its first instruction', IP, 0xdead0n],
    ['its last byte', IP + 0xfn, 0xdead0n],
    ['behind it', IP + 0x10n, IP + 0x11n],
    ['before it', IP - 1n, IP],
  ] as const)('%s', (_, ip, target) => {
    expect(inSequence(ip)).toEqual({ kind: 'at', addresses: [target], overItself: false });
  });
});

test('a transaction goes on or fails', () => {
  expect(next([0xc7, 0xf8, 0x10, 0, 0, 0])).toEqual(at(IP + 22n, IP + 6n));
});

describe('what cannot be said', () => {
  test.each([
    ['no instruction', [0x06], {}, /no instruction/],
    ['no memory', [0xff, 0xe4, 0x90], { rip: 5n }, /no memory is readable at 0x5/],
    ['a target that is not mapped', [0xc3], {}, /cannot be read/],
    ['an operand-size prefix', [0x66, 0xcb], {}, /prefix/],
    ['32-bit code', [0x90], { cs: 0x23n }, /32-bit/],
    ['int 0x80', [0xcd, 0x80], {}, /int 0x80/],
    ['sysenter', [0x0f, 0x34], {}, /kernel/],
    ['sysret', [0x48, 0x0f, 0x07], {}, /kernel/],
    ['the vsyscall page', [0xff, 0xe0], { rax: 0xffff_ffff_ff60_0000n }, /vsyscall/],
  ] as const)('%s', (_, code, setting, reason) => {
    const answer = next(code, setting);
    expect(answer.kind === 'cannot-decode' ? answer.reason : answer).toMatch(reason);
  });
});
