// Ways into memory that no breakpoint sees, each really taken: there is no hit, the change is told as unseen, and the way is among `not_covered`.
import { closeSync, openSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { NotCovered } from '../../src/model/coverage.js';
import { attach, type Item } from '../../src/session/index.js';
import { describeWith } from '../helpers/requirement.js';
import { startTarget, type Target } from '../helpers/target.js';
import { writeProcessMemory } from './process-vm-writev.js';

const ENGINES = ['bpf', 'perf'] as const;

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition() && waited < 10_000; waited += 5) await sleep(5);
}

/** What is reported of a waiting fixture whose `window.value` is 0, while `change` makes something else of it; null where that was refused. */
async function reported(
  engine: (typeof ENGINES)[number],
  fixture: string,
  change: (process: Target) => Promise<boolean>,
): Promise<{ readonly kinds: readonly string[]; readonly notCovered: readonly NotCovered[]; readonly changes: number } | null> {
  await using process = await startTarget(fixture);
  const items: Item[] = [];
  await using target = await attach(process.pid, { engine, onItems: (batch) => items.push(...batch) });
  const watch = await target.watch('window.value');
  await sleep(20);
  if (!(await change(process))) return null;
  await until(() => items.length > 0);
  await target.disarm();
  expect(target.summary().not_covered).toEqual(expect.arrayContaining([...watch.arming.notCovered]));
  return { kinds: items.map(({ kind }) => kind), notCovered: watch.arming.notCovered, changes: target.summary().unseen_changes };
}

describe.each(ENGINES)('engine %s does not see', (engine) => {
  const needs = ['gcc', 'perf', 'ptrace', ...(engine === 'bpf' ? (['bpf'] as const) : [])] as const;

  describeWith([...needs], 'what others write', () => {
    test('by process_vm_writev: process-vm-writev', async () => {
      const result = await reported(engine, 'hidden-writes', async (process) => {
        writeProcessMemory(process.pid, process.shown('window.value').address, 77n);
        return true;
      });
      expect(result).toMatchObject({ kinds: ['unseen-change'], changes: 1 });
      expect(result?.notCovered).toContain('process-vm-writev');
    });

    test('by /proc/PID/mem: process-vm-writev', async () => {
      const result = await reported(engine, 'hidden-writes', async (process) => {
        writeFileAt(`/proc/${process.pid}/mem`, Number(process.shown('window.value').address));
        return true;
      });
      expect(result).toMatchObject({ kinds: ['unseen-change'], changes: 1 });
      expect(result?.notCovered).toContain('process-vm-writev');
    });

    test('through another mapping of the page: other-mapping', async () => {
      const result = await reported(engine, 'hidden-writes', async (process) => {
        // The memfd that `window` is mapped from: 3 is the first descriptor after the standard ones.
        writeFileAt(`/proc/${process.pid}/fd/3`, 0);
        return true;
      });
      expect(result).toMatchObject({ kinds: ['unseen-change'], changes: 1 });
      expect(result?.notCovered).toContain('other-mapping');
    });

    test('by a disk’s controller into the buffer of a read: dma', async () => {
      const result = await reported(engine, 'direct-read', async (process) => {
        process.go();
        await process.waitForLine(/^direct_read /);
        return process.stdout.lines.includes('direct_read 4096');
      });
      // Where the file system has no such reads nothing has been written.
      if (result !== null) expect(result).toMatchObject({ kinds: ['unseen-change'], changes: 1 });
      expect(result?.notCovered ?? ['dma']).toContain('dma');
    });
  });
});

/** Writes the number 77. */
function writeFileAt(path: string, offset: number): void {
  const fd = openSync(path, 'r+');
  try {
    writeSync(fd, new Uint8Array(BigInt64Array.of(77n).buffer), 0, 8, offset);
  } finally {
    closeSync(fd);
  }
}
