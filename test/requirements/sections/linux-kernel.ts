// Linux today behind the system calls: its debug exception handler, and how it counts slots.
import type { Section } from '../requirement.js';

export const LINUX_EXCEPTIONS: Section = {
  title: 'Linux today: the debug exception handler',
  mark: 'linux',
  rows: {
    'R-540': 'DR6 is read, flipped to positive polarity, and reset at once.',
    'R-541': 'From user mode: virtual dr6 starts with BS, the chain runs, and SIGTRAP follows a step, a trap bit or an ICEBP.',
    'R-542': 'From kernel mode: DR7 is off meanwhile, steps that SYSENTER caused are dropped, other unwanted ones warned about.',
    'R-543':
      'The notifier runs first: it serves each bit that has a breakpoint, leaves an execute hit for later when it comes with a step.',
    'R-544': 'A hit of perf alone sends no SIGTRAP of the exception.',
    'R-545': 'NMI entry switches DR7 off; no breakpoint may overlap the entry area, GDT, TSS or the copy of DR7.',
    'R-546': "No switch is lazy any more: each takes the old task's breakpoints out and puts the new task's in.",
    'R-547': 'A signal frame starts with DF, RF and TF clear.',
    'R-548': 'A CPU that comes up starts with reset debug registers; resume and leaving a guest load addresses and DR7 again.',
  },
};

export const LINUX_SLOTS: Section = {
  title: 'Linux today: counting slots',
  mark: 'linux',
  rows: {
    'R-560': 'x86 has 4 slots in each CPU, one pool for instructions and data; every breakpoint weighs 1.',
    'R-561': 'Counted are, for each CPU, its own breakpoints and how many tasks have n on it; and how many tasks have n everywhere.',
    'R-562': 'A new breakpoint needs on each CPU concerned: those of the CPU + those of its task (or of the greediest) + 1 <= 4.',
    'R-563': 'So tasks do not compete with one another, but CPU-wide breakpoints compete with the greediest task, and the reverse.',
    'R-564': 'A slot is charged from creation to release, disabled or not; nothing is ever evicted.',
    'R-565': 'Type 0 and type 7 are EINVAL; branch stacks are EOPNOTSUPP.',
    'R-566': 'Reserving comes before checking: with a full pool a bad request is ENOSPC.',
    'R-567': 'A fifth event of a task is ENOSPC; other tasks are free; a CPU that is full stops tasks that may run on it, ptrace too.',
    'R-568': 'A kernel-wide breakpoint is one on each CPU in use; where one fails the others are taken back.',
    'R-569': 'Modifying may change address, type, length, disabled and signal data only; a failure leaves it as its attributes say.',
    'R-570': 'An event of another type is passed on to the next PMU with ENOENT.',
  },
};
