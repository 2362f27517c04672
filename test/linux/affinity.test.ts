// A thread confined to some CPUs runs on those only.
import { expect, test } from 'vitest';
import { onlineCpus, parseCpuList } from '../../src/linux/procfs/privileges.js';
import { readText } from '../../src/linux/procfs/read.js';
import { setAffinity } from '../../src/linux/scheduling.js';
import { describeWith } from '../helpers/requirement.js';
import { startTarget } from '../helpers/target.js';

describeWith(['gcc'], 'sched_setaffinity', () => {
  test('confines another process to one CPU, and gives it all of them back', async () => {
    await using target = await startTarget('hot', { args: ['--writes', '1'] });
    const allowed = (): number[] =>
      parseCpuList(/^Cpus_allowed_list:\s*(.*)$/m.exec(readText(`/proc/${target.pid}/status`) ?? '')?.[1] ?? '');
    const [first = 0] = onlineCpus();
    setAffinity(target.pid, [first]);
    expect(allowed()).toEqual([first]);
    setAffinity(target.pid, onlineCpus());
    expect(allowed()).toEqual(expect.arrayContaining(onlineCpus()));
  });

  test('says which call failed for a thread that is not there', () => {
    expect(() => setAffinity(2 ** 30, [0])).toThrow('sched_setaffinity (thread 1073741824): ESRCH');
  });
});
