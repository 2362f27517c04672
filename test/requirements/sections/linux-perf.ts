// Linux today: breakpoints as perf events.
import type { Section } from '../requirement.js';

export const LINUX_PERF: Section = {
  title: 'Linux today: perf_event_open of breakpoints',
  mark: 'linux',
  rows: {
    'R-580': 'Writes, reads with writes, and execution are accepted; reads alone and mixtures with execution are EINVAL.',
    'R-581': "Data breakpoints have 1, 2, 4 or 8 bytes, execution exactly 8; more is EOPNOTSUPP without AMD's extension, else EINVAL.",
    'R-582': 'The address must be aligned to the length, and the range may not wrap.',
    'R-583': 'Kernel addresses are EINVAL with exclude_kernel, refused without privilege, and EINVAL in protected areas.',
    'R-584': 'No task and no CPU, or a bad CPU, is EINVAL; no such task is ESRCH; all tasks of a CPU without privilege is EACCES.',
    'R-585': 'sigtrap needs remove_on_exec and a task; inherit_thread needs inherit; enable_on_exec excludes remove_on_exec.',
    'R-586': 'freq, precise_ip, config and exclude_user are accepted without use.',
    'R-587': 'Attributes can be modified, also while disabled, and in children; of another type EINVAL, of another event EOPNOTSUPP.',
    'R-588': 'A read-write breakpoint counts write, read, write as 3; with kernel mode included a read(2) into it counts too.',
    'R-589': "In samples ADDR is the breakpoint's address; IP is the instruction after a data access, or the executed one.",
    'R-590': "A sigtrap hit has si_code TRAP_PERF, si_addr the breakpoint's address, and sig_data, type and flags at 24, 32 and 36.",
    'R-591': 'A sigtrap that meets a blocked SIGTRAP is delivered later, marked asynchronous, and does not kill.',
    'R-592': "Inherited events count into their parent's; without inherit a child counts nothing; inherit_thread follows threads only.",
    'R-593': 'remove_on_exec drops an event at exec, enable_on_exec arms it then.',
    'R-594': 'perf and ptrace breakpoints share the pool on one task, and one access may hit both.',
  },
};
