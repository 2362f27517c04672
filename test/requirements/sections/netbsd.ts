// NetBSD: the watchpoints of 2016 and 2017, and the debug registers that replaced them.
import type { Section } from '../requirement.js';

export const NETBSD_WATCHPOINTS: Section = {
  title: "NetBSD's watchpoints, December 2016 to February 2017",
  mark: 'netbsd',
  rows: {
    'R-601': "An index beyond the count and an address above the user's are EINVAL; address 0 is off; reading gives what is set.",
    'R-602': 'There are 4; loading switches DR7 off, clears B0-B3, writes what is set, and DR7 last. Mixed with TF since January 2017.',
    'R-603': 'A trap is ours when DR7 has a G bit, DR6 a B bit, and a slot that hit has a user address.',
    'R-604': 'From January 2017 siginfo has TRAP_HWWPT, the index of the watchpoint, and whether it fired alone or with a step.',
  },
};

export const NETBSD_DBREGS: Section = {
  title: "NetBSD's debug registers, since February 2017",
  mark: 'netbsd',
  rows: {
    'R-610': 'PT_GETDBREGS and PT_SETDBREGS exchange all raw registers of one LWP; LWP 0 is the first.',
    'R-611': "An LWP's registers are made at first use, from those at boot with B0-B3 and GD cleared.",
    'R-612': "SET refuses addresses beyond the user's and GD with EINVAL, and checks nothing else.",
    'R-613': 'No such LWP is ESRCH; a system LWP, or a 32-bit tracer of a 64-bit process, EINVAL; one that is not stopped EBUSY.',
    'R-614': 'SET needs root or a sysctl, else EPERM; GET does not.',
    'R-615': "The way to user mode loads an LWP's registers or switches DR7 off; a user trap stores DR6, whose bits the tracer clears.",
    'R-616': 'A user trap of ours is SIGTRAP with TRAP_DBREG; a hit on a user slot in kernel mode is ignored.',
    'R-617': 'RF is not set after an execute hit: the tracer has to switch the slot off to get past it.',
    'R-618': 'exec drops the registers; new LWPs and forked processes start without.',
  },
};

export const NETBSD_TESTS: Section = {
  title: "NetBSD's own tests of debug registers",
  mark: 'netbsd',
  rows: {
    'T-NB-01': 'GET succeeds (1 case).',
    'T-NB-02': 'What SET wrote to one of DR0-DR3 GET gives back (4 cases).',
    'T-NB-03': 'The same with the CPU yielded between (4 cases).',
    'T-NB-04': 'The same across a continue to a second SIGSTOP (4 cases).',
    'T-NB-05': 'A write slot of 1, 2 or 4 bytes stops a write with TRAP_DBREG, then the child runs to its end (12 cases).',
    'T-NB-06': 'A read-write slot of 1, 2 or 4 bytes stops a write (12 cases).',
    'T-NB-07': 'A read-write slot of 1, 2 or 4 bytes stops a read (12 cases).',
    'T-NB-08': 'An execute slot stops before its function runs; it is switched off to go on (4 cases).',
    'T-NB-09': "A new LWP does not have its creator's registers (4 cases).",
    'T-NB-10': 'After execve the registers are not those that were set (4 cases).',
    'T-NB-11': 'POP SS on a watched word followed by INT 4: the kernel survives, and the child can be killed (1 case).',
    'T-NB-12': 'Breakpoints, watchpoints and signals of concurrent threads are each reported exactly once (12 cases).',
    'T-NB-20': 'There are 4 watchpoints, all can be read, and what was read can be written back (3 cases).',
    'T-NB-21': 'An execute watchpoint stops with TRAP_HWWPT and its index, and has to be switched off to go on (4 cases).',
    'T-NB-22': 'Write and read-write watchpoints of 1 byte stop in the same way, and need not be switched off (8 cases).',
  },
};
