// Four words of the running kernel's memory that nothing else uses: a sysctl's variable, found by two odd values, and its neighbours.
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { BpfEngine } from '../../src/engines/bpf/engine.js';
import type { EngineSession } from '../../src/engines/contract.js';
import { armDirectly } from '../../src/engines/direct.js';
import { linearOfU64, u64OfLinear } from '../../src/facility/index.js';
import { SearchFolder } from '../find/found.js';
import type { LiveKernelWords } from './live-world.js';

/** Nothing uses it unless a driver is talkative: `burst` in a struct ratelimit_state, with words of the same kind around it. */
const SYSCTL = '/proc/sys/kernel/printk_ratelimit_burst';
const WORD = 4;

/** How long (ms) others may hold slots: any thread of the system that has a breakpoint takes one from every processor. */
const PATIENCE = 20_000;
const LOOK_EVERY = 20;

/** A session for which all four slots of all processors are free, at least at this moment. */
async function openWhenFree(addresses: LiveKernelWords['addresses']): Promise<EngineSession> {
  const pieces = addresses.map((address, at) => ({
    cookie: at + 1,
    address: u64OfLinear(address),
    length: WORD,
    access: 'write' as const,
  }));
  for (const end = Date.now() + PATIENCE; ; await sleep(LOOK_EVERY)) {
    await using trial = new BpfEngine().openKernel();
    try {
      armDirectly(trial, pieces);
      break;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
  return new BpfEngine().openKernel();
}

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
    const addresses = [burst, burst - WORD, burst + WORD, burst + 2 * WORD] as const;
    return {
      addresses,
      open: () => openWhenFree(addresses),
      write: () => writeFileSync(SYSCTL, before),
    };
  } finally {
    writeFileSync(SYSCTL, before);
  }
}
