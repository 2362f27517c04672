// Which CPUs the kernel has per-CPU copies for.
import { parseCpuList } from '../../linux/procfs/privileges.js';
import { readText } from '../../linux/procfs/read.js';

/** The CPUs that there may be, also those that are off. */
export function possibleCpus(): number[] {
  return parseCpuList(readText('/sys/devices/system/cpu/possible') ?? '0');
}
