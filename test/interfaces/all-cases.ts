// Every case of the interfaces, by what it is about: the order of docs/interfaces.md.
import { CONCURRENT_CASES } from './concurrent-cases.js';
import { KERNEL_CASES } from './kernel-cases.js';
import { NETBSD_CASES } from './netbsd-cases.js';
import { PRIORITY_CASES } from './priority-cases.js';
import type { InterfaceCase } from './world.js';

/** For each column. */
export const INTERFACE_CASES: readonly InterfaceCase[] = [...NETBSD_CASES, ...CONCURRENT_CASES, ...PRIORITY_CASES, ...KERNEL_CASES];

/** The table of docs/interfaces.md: a row for each case, or for several that differ in a number. */
export function tableOfCases(): string {
  const rows = new Map<string, InterfaceCase[]>();
  for (const one of INTERFACE_CASES) {
    const row = one.row ?? one.title;
    rows.set(row, [...(rows.get(row) ?? []), one]);
  }
  const lines = [...rows].map(([row, cases]) => `| ${row} | ${cases.length} | yes | ${cases[0]?.liveDiffers ?? 'yes'} |`);
  return ['| case | number | machine | live |', '| --- | --- | --- | --- |', ...lines].join('\n');
}
