// Names of the kernel: by a vmlinux or System.map that was linked elsewhere, by its own list and types; and what is wrong with them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KernelProgram } from '../../src/session/kernel-program.js';
import { Btf } from '../../src/symbols/btf/btf.js';
import { MeasuredPerCpu } from '../../src/symbols/live/kernel-per-cpu-measured.js';
import { KernelSymbols } from '../../src/symbols/live/kernel-symbols.js';
import { KernelTypes } from '../../src/symbols/live/kernel-types.js';
import { describeWith } from '../helpers/requirement.js';
import { madeBtf } from './btf-maker.js';
import { FakeKernelFiles, hiddenNames, kernelFunctions } from './fake-vmlinux.js';

const STATE = 0xffff_ffff_8300_1000n;
const hidden = hiddenNames();

/** The kernel without a way to read it. */
function program(vmlinux: string | null): KernelProgram {
  return new KernelProgram({ read: () => null, vmlinux });
}

function resolve(kernel: KernelProgram, expression: string, as: string | null = null) {
  return kernel.resolve(expression, { access: 'write', as });
}

describeWith(['gcc'], `a file of the running kernel's names${hidden === null ? '' : ` [skipped: ${hidden}]`}`, () => {
  describe.skipIf(hidden !== null).each([0n, 0x12_0000n])('linked 0x%x below where the kernel runs', (shift) => {
    let files: FakeKernelFiles;
    beforeAll(() => {
      files = new FakeKernelFiles({ state: STATE, shift });
    });
    afterAll(() => files[Symbol.dispose]());

    test('vmlinux: members with their types, functions with their lines', () => {
      using kernel = program(files.vmlinux);
      expect(resolve(kernel, 'printk_ratelimit_state.burst')).toEqual({
        address: STATE + 8n,
        size: 4,
        type: { kind: 'signed', size: 4, name: 'int' },
      });
      expect(resolve(kernel, 'printk_ratelimit_state:8', 'hex')).toMatchObject({ address: STATE, size: 8 });
      expect(() => resolve(kernel, 'printk_ratelimit_state.birst')).toThrow('no member birst');
      expect(() => resolve(kernel, 'printk_ratelimit_stat')).toThrow(
        expect.objectContaining({ code: 'unknown-kernel-symbol', near: ['printk_ratelimit_state'] }),
      );
      const address = kernelFunctions().get('vfs_write') ?? 0n;
      expect(kernel.place(address + 4n, true)).toMatchObject({
        ...{ function: 'vfs_write', offset: 4, module: '[kernel]' },
        ...{ file: join(files.folder, 'vmlinux.c'), line: expect.any(Number) },
      });
      expect(kernel.resolve('vfs_write', { access: 'execute', as: null })).toMatchObject({ address, size: 1 });
    });

    test('System.map: addresses, and types by --as', () => {
      using kernel = program(files.systemMap);
      expect(resolve(kernel, 'printk_ratelimit_state:8')).toMatchObject({ address: STATE, size: 8 });
      expect(resolve(kernel, 'printk_ratelimit_state', 'u64')).toMatchObject({ address: STATE, size: 8, type: { kind: 'unsigned' } });
      expect(() => resolve(kernel, 'printk_ratelimit_state')).toThrow(expect.objectContaining({ code: 'unknown-size' }));
      expect(() => resolve(kernel, 'printk_ratelimit_state.burst')).toThrow(expect.objectContaining({ code: 'no-type' }));
    });
  });

  test.skipIf(hidden !== null)('of another build is refused, with the function that shows it', () => {
    using files = new FakeKernelFiles({ state: STATE, shift: 0x1000n, skew: 0x10n });
    for (const file of [files.vmlinux, files.systemMap]) {
      expect(() => program(file)).toThrow(
        expect.objectContaining({ code: 'wrong-vmlinux', file, message: expect.stringMatching(/it has \w+ at 0xf/) }),
      );
    }
  });
});

describe('where per-CPU variables are, measured', () => {
  const types = madeBtf([
    { kind: 1, name: 'long unsigned int', sizeOrType: 8, added: [64] },
    { kind: 4, name: '', count: 1, sizeOrType: 0, added: ['pptrs', 1, 0] },
    { kind: 4, name: 'bpf_array', count: 2, sizeOrType: 24, added: ['map', 1, 0, '', 2, 192] },
    { kind: 14, name: 'this_cpu_off', sizeOrType: 1, added: [1] },
    { kind: 15, name: '.data..percpu', count: 1, added: [4, 0x28, 8] },
  ]);
  const MAP = 0xffff_8880_0000_0000n;
  const SHARED = 0x6000n;

  /** A kernel whose section begins at `start` and whose CPUs have these offsets. */
  function measured(start: bigint, offsets: readonly bigint[], { reads = true } = {}): MeasuredPerCpu {
    const btf = new Btf(types);
    const memory = new Map([
      [MAP + 24n, SHARED],
      ...offsets.map((offset): [bigint, bigint] => [BigInt.asUintN(64, start + 0x28n + offset), offset]),
    ]);
    const read = (address: bigint) => {
      const value = reads ? memory.get(address) : undefined;
      return value === undefined ? null : new Uint8Array(BigUint64Array.of(value).buffer);
    };
    const text = { name: '_text', address: 0xffff_ffff_8100_0000n, kind: 'function', room: null, module: '[kernel]' } as const;
    const parts = { symbols: { find: () => [text] }, types: btf, cpus: offsets.map((_, cpu) => cpu), read };
    return new MeasuredPerCpu(parts, (cpu) => {
      const offset = offsets[cpu];
      return offset === undefined ? null : { copy: BigInt.asUintN(64, SHARED + offset), map: MAP };
    });
  }

  test.each([0n, 0xffff_ffff_8378_3000n])('for a section at 0x%x', (start) => {
    const offsets = [0xffff_8886_2000_0000n, 0xffff_8886_2010_0000n];
    const found = measured(start, offsets);
    expect([found.start(), found.offset(0), found.offset(1), found.offset(2)]).toEqual([start, ...offsets, null]);
  });

  test('is null where it cannot be', () => {
    const blind = measured(0n, [1n], { reads: false });
    expect([blind.start(), blind.offset(0)]).toEqual([null, null]);
    expect(measured(0n, []).start()).toBeNull();
  });
});

describe('a made-up kernel', () => {
  const FUNCTIONS = ['_stext', 'start', 'run', 'stop'].map((name, i) => `ffffffff8100000${i} T ${name}\n`).join('');
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'hwbkpt-kernel-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function write(name: string, content: string | Uint8Array): string {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  }

  interface Made {
    readonly listed?: string;
    readonly map?: string | null;
    readonly memory?: ReadonlyMap<bigint, bigint>;
    readonly btf?: Uint8Array;
  }

  function made({ listed = '', map = null, memory = new Map(), btf = new Uint8Array(0) }: Made): KernelProgram {
    write('vmlinux', btf);
    return new KernelProgram({
      read: (address, length) => {
        const value = memory.get(address);
        return value === undefined || length > 8 ? null : new Uint8Array(BigUint64Array.of(value).buffer).slice(0, length);
      },
      vmlinux: map === null ? null : write('System.map', map),
      symbols: new KernelSymbols(write('kallsyms', FUNCTIONS + listed)),
      types: new KernelTypes(folder),
    });
  }

  test('that lists its variables says what is near; one that does not says what to give', () => {
    const listing = made({ listed: 'ffffffff82000000 D init_task\nffffffff82001000 D jiffies\n' });
    expect(() => resolve(listing, 'jifies:8')).toThrow(expect.objectContaining({ code: 'unknown-kernel-symbol', near: ['jiffies'] }));
    expect(() => resolve(made({}), 'jiffies:8')).toThrow(
      expect.objectContaining({ code: 'kernel-data-hidden', hint: expect.stringMatching(/System\.map(.|\n)*hwbkpt find VALUE --kernel/) }),
    );
  });

  test('that shows no addresses says what would help', () => {
    const zeros = new KernelProgram({
      read: () => null,
      vmlinux: null,
      symbols: new KernelSymbols(write('zeros', '0000000000000000 T run\n')),
    });
    expect(() => resolve(zeros, 'run')).toThrow(
      expect.objectContaining({ code: 'kernel-addresses-hidden', hint: expect.stringContaining('kptr_restrict') }),
    );
  });

  test('that shows no addresses still takes those that are given', () => {
    const memory = new Map([[0xffff_ffff_8200_1000n, 1n]]);
    const read = (address: bigint, length: number) => (memory.has(address) ? new Uint8Array(length) : null);
    const zeros = new KernelProgram({ read, vmlinux: null, symbols: new KernelSymbols(write('zeros', '0000000000000000 T run\n')) });
    expect(resolve(zeros, '0xffffffff82001000:8')).toMatchObject({ address: 0xffff_ffff_8200_1000n, size: 8 });
    expect([zeros.isMapped(0xffff_ffff_8200_1000n), zeros.isMapped(0xffff_ffff_8200_2000n)]).toEqual([true, false]);
    expect(zeros.place(0xffff_ffff_8100_0000n, true)).toMatchObject({ function: null, module: '[kernel]' });
    expect(zeros.hasKprobes).toBe(true);
  });

  test('takes the length from a named type where it is not told', () => {
    const kernel = made({ listed: 'ffffffff82001000 D jiffies\n' });
    expect(resolve(kernel, 'jiffies', 'int32')).toEqual({
      ...{ address: 0xffff_ffff_8200_1000n, size: 4 },
      type: { kind: 'signed', size: 4, name: 'int32_t' },
    });
  });

  const POINT = madeBtf([
    { kind: 1, name: 'int', sizeOrType: 4, added: [(1 << 24) | 32] },
    { kind: 4, name: 'point', count: 2, sizeOrType: 8, added: ['x', 1, 0, 'y', 1, 32] },
    { kind: 14, name: 'cursor', sizeOrType: 2, added: [1] },
    { kind: 14, name: 'shared', sizeOrType: 2, added: [1] },
    { kind: 15, name: '.data..percpu', count: 1, added: [3, 0x40, 8] },
    { kind: 15, name: '.data', count: 1, added: [4, 0x10, 8] },
  ]);

  test('gives types of its own to addresses and names', () => {
    const kernel = made({ listed: 'ffffffff82001000 D origin\n', btf: POINT });
    const y = { size: 4, type: { kind: 'signed', size: 4, name: 'int' } };
    expect(resolve(kernel, '0xffffffff82001000.y', 'struct point')).toEqual({ address: 0xffff_ffff_8200_1004n, ...y });
    expect(resolve(kernel, 'origin.y', 'struct point')).toEqual({ address: 0xffff_ffff_8200_1004n, ...y });
    expect(resolve(kernel, 'origin', 'struct point')).toMatchObject({ size: 8, type: { kind: 'struct', name: 'struct point' } });
    expect(() => resolve(kernel, 'origin.z', 'struct point')).toThrow('has no member z');
    expect(() => resolve(kernel, 'origin', 'struct pint')).toThrow(expect.objectContaining({ code: 'bad-request' }));
    expect(() => resolve(made({}), 'origin', 'struct point')).toThrow('built without BTF');
  });

  test('describes a variable that it lists', () => {
    const kernel = made({ listed: 'ffffffff82001000 D shared\n', btf: POINT });
    expect(resolve(kernel, 'shared.x')).toMatchObject({ address: 0xffff_ffff_8200_1000n, size: 4 });
  });

  describe('with per-CPU variables', () => {
    /** As kernels before 6.15 number them: from 0 on, and not moved by KASLR. */
    const OLD = '0000000000000000 D __per_cpu_start\n0000000000000040 D cursor\n0000000000001000 D __per_cpu_end\n';
    const NEW = 'ffffffff83000000 D __per_cpu_start\nffffffff83000040 D cursor\nffffffff83001000 D __per_cpu_end\n';
    const TABLE = 'ffffffff82002000 D __per_cpu_offset\n';
    const offset = (first: bigint) => new Map([[0xffff_ffff_8200_2000n, first]]);

    test.each([
      ['old', OLD, 0x40n],
      ['new', NEW, 0xffff_ffff_8300_0040n],
    ])('numbered in the %s way: a CPU has its copy', (_, symbols, symbol) => {
      const copy = 0xffff_8880_1000_0040n;
      const kernel = made({ map: FUNCTIONS + symbols + TABLE, memory: offset(BigInt.asUintN(64, copy - symbol)), btf: POINT });
      expect(resolve(kernel, 'cursor@cpu0.y')).toMatchObject({ address: copy + 4n, size: 4 });
      expect(resolve(kernel, 'cursor@cpu0')).toMatchObject({ address: copy, size: 8, type: { kind: 'struct', name: 'struct point' } });
    });

    test('is asked which CPU, and has no others than there are', () => {
      const kernel = made({ map: FUNCTIONS + NEW + TABLE, memory: offset(0n), btf: POINT });
      expect(() => resolve(kernel, 'cursor.x')).toThrow(
        expect.objectContaining({ code: 'per-cpu-variable', hint: expect.stringContaining('cursor@cpu0') }),
      );
      expect(() => resolve(kernel, 'cursor@cpu9999.x')).toThrow(/no such CPU/);
      expect(() => resolve(kernel, 'cursr@cpu0.x')).toThrow(expect.objectContaining({ code: 'unknown-kernel-symbol', near: ['cursor'] }));
    });

    test('that says nowhere where they are says what to give', () => {
      const kernel = made({ btf: POINT });
      expect(() => resolve(kernel, 'cursor@cpu0.x')).toThrow(
        expect.objectContaining({ code: 'per-cpu-variable', hint: expect.stringContaining('--vmlinux') }),
      );
    });
  });

  test('has addresses of its own only', () => {
    expect(() => resolve(made({}), '0x4040:4')).toThrow(
      expect.objectContaining({ code: 'bad-request', hint: expect.stringContaining('--pid') }),
    );
  });

  test.each([
    ['text', 'root:x:0:0:root:/root:/bin/bash\n', 'is no vmlinux and no System.map'],
    ['nothing', '', 'is no vmlinux and no System.map'],
    ['a kernel for booting', `${'\0'.repeat(0x202)}HdrS`, 'is a compressed kernel for booting'],
  ])('is not known by a file of %s', (_, content, words) => {
    expect(() => program(write('file', content))).toThrow(
      expect.objectContaining({ code: 'not-a-kernel-file', message: expect.stringContaining(words) }),
    );
  });

  test('is not known by a file that is not there', () => {
    expect(() => program(join(folder, 'none'))).toThrow(expect.objectContaining({ code: 'not-a-kernel-file' }));
  });
});
