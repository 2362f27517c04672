// What a watch of the kernel says that it cannot see.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { onlineCpus } from '../../src/linux/procfs/privileges.js';
import { attachKernel } from '../../src/session/index.js';
import { describeWith } from '../helpers/requirement.js';

describeWith(['bpf', 'privileged', 'root'], 'a watch of the kernel', () => {
  test('is on all processors, and names what no breakpoint sees there: nmi, other-mapping, dma', async () => {
    await using target = await attachKernel();
    const address = /^([0-9a-f]+) . __start_rodata$/m.exec(readFileSync('/proc/kallsyms', 'utf8'))?.[1] ?? '';
    const watch = await target.watch(`0x${address}:8`);
    expect(watch.arming).toMatchObject({ threads: 0, cpus: onlineCpus().length, notCovered: ['nmi', 'other-mapping', 'dma'] });
    await target.disarm();
    expect(target.summary()).toMatchObject({ hits: 0, lost: 0, cpus: onlineCpus().length, not_covered: ['nmi', 'other-mapping', 'dma'] });
  });
});
