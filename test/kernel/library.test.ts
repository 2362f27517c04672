// The kernel as a library's user watches it.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { attachKernel } from '../../src/session/index.js';
import { SearchFolder } from '../find/found.js';
import { describeWith } from '../helpers/requirement.js';

/** Nothing uses it unless a driver is talkative. */
const SYSCTL = '/proc/sys/kernel/printk_ratelimit_burst';

describeWith(['bpf', 'privileged', 'root'], 'attachKernel', () => {
  let before = '';
  let place = '';

  beforeAll(async () => {
    before = readFileSync(SYSCTL, 'utf8').trim();
    using folder = new SearchFolder();
    writeFileSync(SYSCTL, '1597531');
    await folder.find('1597531', '--kernel');
    writeFileSync(SYSCTL, '3571597');
    const { places } = await folder.find('--was', '1597531', '--now', '3571597', '--kernel');
    expect(places).toHaveLength(1);
    place = `${places[0]?.address}:4`;
  });
  afterAll(() => writeFileSync(SYSCTL, before));

  function write(value: number): void {
    expect(spawnSync('sh', ['-c', `echo ${value} > ${SYSCTL}`]).status).toBe(0);
  }

  test('gives a target without a process, whose watches are iterated over', async () => {
    await using target = await attachKernel();
    expect(target.pid).toBeNull();
    const watch = await target.watch(place, { as: 'int32', stackDepth: 8 });
    expect(watch.arming).toMatchObject({ isArmed: true, threads: 0, slots: 1 });
    write(41);
    write(42);
    const seen: unknown[] = [];
    for await (const hit of watch) {
      seen.push([hit.comm, hit.oldValue, hit.newValue, hit.place.module, typeof hit.cgroup]);
      expect(hit.stack?.length).toBeGreaterThan(3);
      if (seen.length === 2) break;
    }
    expect(seen).toEqual([
      ['sh', 3571597, 41, '[kernel]', 'string'],
      ['sh', 41, 42, '[kernel]', 'string'],
    ]);
    await target.disarm();
    expect(target.ending).toBeNull();
    expect(target.summary()).toMatchObject({ hits: 2, lost: 0, engine: 'bpf' });
    await expect(target.watch(place)).rejects.toMatchObject({
      code: 'target-closed',
      message: 'the kernel is not watched any more',
    });
  });

  test('refuses an engine that cannot, and a file of another kernel', async () => {
    await expect(attachKernel({ engine: 'perf' })).rejects.toMatchObject({ code: 'bad-request', message: /cannot watch the kernel/ });
    await expect(attachKernel({ engine: 'sim' })).rejects.toMatchObject({ code: 'bad-request' });
    await expect(attachKernel({ vmlinux: '/bin/sh' })).rejects.toMatchObject({ code: 'wrong-vmlinux' });
  });
});
