// All sections in the order of the page, and all requirements in them.
import type { Requirement, RequirementId, Section } from './requirement.js';
import { KWATCH, LINUX_2007 } from './sections/before-hwbkpt.js';
import { FREEBSD } from './sections/freebsd.js';
import { HWBKPT_2009, HWBKPT_API, HWBKPT_DISCUSSED, HWBKPT_LIFE, HWBKPT_PTRACE, HWBKPT_SLOTS } from './sections/hwbkpt.js';
import { LINUX_EXCEPTIONS, LINUX_SLOTS } from './sections/linux-kernel.js';
import { LINUX_PERF } from './sections/linux-perf.js';
import { LINUX_HITS, LINUX_LIFE, LINUX_REGISTERS } from './sections/linux-ptrace.js';
import { LINUX_ACCOUNTING, LINUX_PERF_TESTS, LINUX_SELFTESTS } from './sections/linux-tests.js';
import { NETBSD_DBREGS, NETBSD_TESTS, NETBSD_WATCHPOINTS } from './sections/netbsd.js';
import { NOTES } from './sections/notes.js';
import { ARM64, GDB, IA64_AND_PFMON, OTHERS } from './sections/other-systems.js';
import { PROCESSOR_DR6, PROCESSOR_EXCEPTIONS, PROCESSOR_REGISTERS } from './sections/processor.js';
import { COMBINED_FACILITY, INHERITANCE, PER_LWP_WATCHPOINTS } from './sections/seed-mails.js';

export const SECTIONS: readonly Section[] = [
  ...[PROCESSOR_REGISTERS, PROCESSOR_DR6, PROCESSOR_EXCEPTIONS],
  ...[COMBINED_FACILITY, INHERITANCE, PER_LWP_WATCHPOINTS],
  ...[KWATCH, LINUX_2007],
  ...[HWBKPT_DISCUSSED, HWBKPT_API, HWBKPT_SLOTS, HWBKPT_PTRACE, HWBKPT_LIFE, HWBKPT_2009],
  ...[LINUX_REGISTERS, LINUX_HITS, LINUX_LIFE, LINUX_EXCEPTIONS, LINUX_SLOTS, LINUX_PERF],
  ...[LINUX_SELFTESTS, LINUX_ACCOUNTING, LINUX_PERF_TESTS],
  ...[NETBSD_WATCHPOINTS, NETBSD_DBREGS, NETBSD_TESTS, FREEBSD],
  ...[IA64_AND_PFMON, GDB, ARM64, OTHERS, NOTES],
];

/** In the order of the page. */
export const REQUIREMENTS: readonly Requirement[] = SECTIONS.flatMap(requirementsOf);

/** The rows of one section with their marks. */
export function requirementsOf(section: Section): Requirement[] {
  // Object.entries knows keys as text only.
  const rows = Object.entries(section.rows) as [RequirementId, string][];
  return rows.map(([id, statement]) => ({ id, mark: section.otherMarks?.[id] ?? section.mark, statement }));
}
