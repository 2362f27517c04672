// The processors of this machine.
import { onlineCpus, parseCpuList } from '../../linux/procfs/privileges.js';
import { readText } from '../../linux/procfs/read.js';

/** Those that are there, be they online or not. */
export function presentCpus(): number[] {
  const list = readText('/sys/devices/system/cpu/present');
  return list === null ? onlineCpus() : parseCpuList(list);
}
