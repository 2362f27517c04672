// Reading other memory in bulk: a process's in chunks and by its used pages, and the kernel's.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { KernelMemory, MOST_KERNEL_BYTES } from '../../src/linux/bpf/kernel-memory.js';
import { ChunkReader } from '../../src/linux/chunk-reader.js';
import { Pagemap } from '../../src/linux/pagemap.js';
import { KernelSymbols } from '../../src/symbols/live/kernel-symbols.js';
import { parseMaps, rangeAt } from '../../src/symbols/live/maps.js';
import { describeWith } from '../helpers/requirement.js';
import { startTarget, type Target } from '../helpers/target.js';

const PAGE = 4096;

function mappingOf(target: Target, name: string): { readonly start: bigint; readonly end: bigint } {
  const range = rangeAt(parseMaps(readFileSync(`/proc/${target.pid}/maps`, 'utf8')), target.shown(name).address);
  if (range === null) throw new Error(`${name} is not mapped`);
  return range;
}

describeWith(['ptrace', 'gcc'], 'memory of a process', () => {
  test('is read up to where it ends', async () => {
    await using target = await startTarget('values-on-command');
    using reader = new ChunkReader(1 << 20);
    const { address } = target.shown('initial');
    let value = 0;
    expect(reader.visit(target.pid, { address, length: 4 }, (bytes) => (value = new DataView(bytes.buffer).getInt32(0, true)))).toBe(4);
    expect(value).toBe(77001);
    const { start, end } = mappingOf(target, 'stack');
    const length = Number(end - start);
    let looked = 0;
    expect(reader.visit(target.pid, { address: start, length: length + PAGE }, (bytes) => (looked = bytes.length))).toBe(length);
    expect(looked).toBe(length);
    const never = (): never => expect.fail('there is nothing to look at');
    expect(reader.visit(target.pid, { address: 0n, length: 8 }, never)).toBe(0);
    expect(() => reader.visit(2 ** 22, { address, length: 4 }, never)).toThrow('ESRCH');
    expect(() => reader.visit(target.pid, { address, length: (1 << 20) + 1 }, never)).toThrow(RangeError);
  });

  test('the pages that were written are known, by both ways of asking', async () => {
    await using target = await startTarget('values-on-command', { args: ['--megabytes', '3'] });
    using scanning = new Pagemap(target.pid);
    using reading = new Pagemap(target.pid, false);
    for (const { start, end, path } of parseMaps(readFileSync(`/proc/${target.pid}/maps`, 'utf8'))) {
      if (path !== '' || start >= 1n << 47n) continue;
      expect(scanning.used(start, end)).toEqual(reading.used(start, end));
    }
    const { start, end } = mappingOf(target, 'mapped');
    const page = target.shown('mapped').address & ~BigInt(PAGE - 1);
    const isUsed = (): boolean => scanning.used(start, end).some((run) => run.start <= page && page < run.end);
    expect(isUsed()).toBe(false);
    target.go();
    target.send('mapped 5\n');
    await target.waitForLine(/^mapped 5$/);
    expect(isUsed()).toBe(true);
    expect(reading.used(page, page + BigInt(PAGE))).toEqual([{ start: page, end: page + BigInt(PAGE) }]);
  });
});

describeWith(['bpf', 'privileged', 'root'], 'memory of the kernel', () => {
  test('is read, and null where there is none', () => {
    using memory = new KernelMemory();
    const [text] = new KernelSymbols().find('_text');
    if (text === undefined) throw new Error('the kernel lists no _text');
    const long = memory.read(text.address, MOST_KERNEL_BYTES);
    expect(long).toHaveLength(MOST_KERNEL_BYTES);
    expect(memory.read(text.address, 16)).toEqual(long?.slice(0, 16));
    expect(memory.read(text.address + 1n, 1)).toEqual(long?.slice(1, 2));
    for (const nowhere of [0n, 0x1000n, 0x1234_5000_0000_0000n, 0xffff_ffff_ffff_fff0n]) expect(memory.read(nowhere, 16)).toBeNull();
    expect(() => memory.read(text.address, 0)).toThrow(RangeError);
    expect(() => memory.read(text.address, MOST_KERNEL_BYTES + 1)).toThrow(RangeError);
  });
});
