// The six kernels, by name.
import type { KernelName, Rules } from '../../facility/rules.js';
import { FREEBSD } from './freebsd.js';
import { HWBKPT } from './hwbkpt.js';
import { LINUX } from './linux.js';
import { LINUX_2_6_20, LINUX_2_6_20_IA64 } from './linux-2.6.20.js';
import { NETBSD, NETBSD_2016, NETBSD_2017_01 } from './netbsd.js';

export { FREEBSD, HWBKPT, LINUX, LINUX_2_6_20, LINUX_2_6_20_IA64, NETBSD, NETBSD_2016, NETBSD_2017_01 };

/** In the order of their years, the design first. */
export const KERNELS: Readonly<Record<KernelName, Rules>> = {
  hwbkpt: HWBKPT,
  'linux-2.6.20': LINUX_2_6_20,
  linux: LINUX,
  'netbsd-2016': NETBSD_2016,
  netbsd: NETBSD,
  freebsd: FREEBSD,
};
