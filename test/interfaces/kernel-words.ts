// Four words of the running kernel's memory that nothing else uses: a sysctl's variable, found by two odd values, and its neighbours.
import { readFileSync, writeFileSync } from 'node:fs';
import { BpfEngine } from '../../src/engines/bpf/engine.js';
import { linearOfU64 } from '../../src/facility/index.js';
import { SearchFolder } from '../find/found.js';
import type { LiveKernelWords } from './live-world.js';

/** Nothing uses it unless a driver is talkative: `burst` in a struct ratelimit_state, with words of the same kind around it. */
const SYSCTL = '/proc/sys/kernel/printk_ratelimit_burst';
const WORD = 4;

/** Finds them; the sysctl is as it was. */
export async function findKernelWords(): Promise<LiveKernelWords> {
  const before = readFileSync(SYSCTL, 'utf8');
  using folder = new SearchFolder();
  try {
    writeFileSync(SYSCTL, '1357913');
    await folder.find('1357913', '--kernel');
    writeFileSync(SYSCTL, '2468024');
    const { places } = await folder.find('--was', '1357913', '--now', '2468024', '--kernel');
    const [place] = places;
    if (place === undefined) throw new Error(`${SYSCTL} was not found in the kernel's memory`);
    const burst = linearOfU64(BigInt(place.address));
    return {
      addresses: [burst, burst - WORD, burst + WORD, burst + 2 * WORD],
      open: () => new BpfEngine().openKernel(),
      write: () => writeFileSync(SYSCTL, before),
    };
  } finally {
    writeFileSync(SYSCTL, before);
  }
}
