// hwbkpt as it was designed from 2007 to March 2009. Rows from R-320 on are reconstructed from memory of the public design, not quoted.
import type { Section } from '../requirement.js';

export const HWBKPT_DISCUSSED: Section = {
  title: 'hwbkpt: what its discussion settled',
  mark: 'historic',
  rows: {
    'R-301': 'Priority is a sort key, with ptrace in the middle: a user may break ptrace, must not break it, or gives way readily.',
    'R-302': 'One author proposed that the lower number wins, the other found that backwards.',
    'R-303': 'The real DR6 goes into the virtual one, with B0-B3 in virtual numbering and the step bit as kprobes leaves it.',
    'R-304': 'gdb does not clear B0-B3 itself, so at a hit they must show only the hits of this event.',
    'R-305': 'A signal handler always starts with RF clear.',
    'R-306': 'The code of May 2007 had something extra for programs that set breakpoints on themselves.',
    'R-307': 'BS enters the virtual DR6 only with a SIGTRAP for it, and only the tracer clears it; a step and hits are reported together.',
    'R-308': 'The proposal of October 2008 had two calls for each kind and a callback before and after the access.',
    'R-309': 'User breakpoints act while their task runs, kernel ones on all CPUs; addresses are aligned, and any byte of the range hits.',
    'R-310': 'In 2009 it was asked that breakpoints become perf counters, which is how Linux does it today.',
  },
};

export const HWBKPT_API: Section = {
  title: 'hwbkpt: its interface (from memory)',
  mark: 'historic',
  rows: {
    'R-320': 'A breakpoint has the callbacks triggered, installed and uninstalled, an address, length and type, a priority, a status.',
    'R-321': 'Priorities are numbers up to 255: normal 20, ptrace 50, high 90; the higher one wins.',
    'R-322': 'Status is 0 when unknown, then registered (waiting) or installed (in a register).',
    'R-323': 'Length and type codes carry their DR7 fields in the low bits, and high bits that make a field of zeroes invalid.',
    'R-324':
      'Calls register, unregister and modify user breakpoints, and register and unregister kernel ones; modify also takes idle ones.',
    'R-325': 'Registering gives 1 when installed, 0 when waiting, or an error; it never fails just because all registers are taken.',
    'R-326': 'The callback triggered is needed, the other two are not.',
    'R-327': 'triggered runs with all debug registers off; no callback may register or unregister anything.',
    'R-328': 'Execution is reported before, and the instruction then runs once without a trap; everything else is reported after.',
    'R-329': 'For the kernel installed comes after all CPUs are armed and uninstalled before the first is not: no event between is missed.',
    'R-330': 'Breakpoints of one thread compete, user with kernel ones do, those of different threads do not.',
  },
};

export const HWBKPT_SLOTS: Section = {
  title: 'hwbkpt: who gets a slot (from memory)',
  mark: 'historic',
  rows: {
    'R-340': 'Lists are sorted by falling priority, equal ones oldest first; registration is under one lock.',
    'R-341': "tprio[i] is the highest priority that any thread's breakpoint number i has; adding raises it, removing computes it anew.",
    'R-342': "Walking down both lists, the user side takes a slot when its priority is at least the kernel's, else the kernel does.",
    'R-343': 'Losers are told uninstalled before any register changes, winners installed after every CPU has the new set.',
    'R-344': 'Kernel breakpoints fill registers from DR0 up, those of a thread from DR3 down; ptrace never sees that they move.',
    'R-345': "A thread's places are computed when it is switched in with a stale generation; its breakpoints are told of what changed.",
    'R-346': 'A thread keeps its list, places, generation, virtual DR7, four breakpoints for ptrace, and register images.',
    'R-347': "Loading a thread writes the address registers first, then DR7 as the kernel's part joined with the thread's.",
    'R-348': 'Enables are G bits together with GE.',
  },
};

export const HWBKPT_PTRACE: Section = {
  title: 'hwbkpt: ptrace (from memory)',
  mark: 'historic',
  rows: {
    'R-350': 'Reads give the virtual addresses, DR6 and DR7; 4 and 5 read as 0.',
    'R-351': 'Writing 4 or 5 is EIO, 6 is stored as it is, 0 to 3 move the breakpoint, and a bad address is an error.',
    'R-352': 'A DR7 write removes slots that go off before it checks the others; any error puts all four back as they were.',
    'R-353': 'A hit of a ptrace breakpoint sets the bit of its virtual number in the virtual DR6.',
    'R-354': 'Whether a ptrace write without a free register fails at once or waits is a choice; failing at once is what was asked for.',
  },
};

export const HWBKPT_LIFE: Section = {
  title: 'hwbkpt: fork, exec, exit, switches, exceptions (from memory)',
  mark: 'historic',
  rows: {
    'R-360': 'A child starts without debug registers, with virtual DR6 and DR7 zero.',
    'R-361': "exec and exit drop the thread's breakpoints, tell installed ones so, and let kernel ones move in.",
    'R-362': "Switching to a task without breakpoints loads and clears nothing: the last task's stay until a trap or the next user.",
    'R-363': 'The handler drops stale hits of another task, runs callbacks with DR7 off, sets RF for execution, and takes its own bits.',
    'R-364': 'The breakpoint notifier runs first, before kprobes.',
    'R-365': 'DR6 is read, written as 0 and kept for the thread; SIGTRAP follows when a step or trap bit is left in the virtual DR6.',
  },
};

export const HWBKPT_2009: Section = {
  title: 'The version of 2009, just before perf',
  mark: 'historic',
  rows: {
    'R-400': 'There is no priority and no status: who comes first is served, and what does not fit fails.',
    'R-401': 'Kernel breakpoints are stored from the top; of users it is counted how many threads use each index.',
    'R-402': 'A kernel registration succeeds only while no thread uses the next index below; else ENOSPC.',
    'R-403': 'Unregistering a kernel breakpoint moves those below it up by one; an unknown one is ignored.',
    'R-404': "A user registration takes the first free index below the kernel's, else ENOSPC; a fixed index in the kernel's part too.",
    'R-405': 'Users fill from DR0 up, the kernel from DR3 down.',
    'R-406': 'Modifying a breakpoint that the thread does not have is ENOENT, an invalid one EINVAL; the last one to go unmarks the task.',
    'R-407': 'A breakpoint without callback, at 0, misaligned, or a symbol for a user is EINVAL; one in the wrong half is EFAULT.',
    'R-408': "exec and exit drop a thread's breakpoints and DR7, a child has none; a CPU that comes up loads the kernel's.",
    'R-409': "The kernel's part of DR7 is kept apart and joined with the thread's when that is installed.",
    'R-410': "A trap in an unmarked task sets DR7 to the kernel's part; else virtual bits start afresh and the slot's owner is called.",
    'R-411': 'The notifier has the highest priority of all.',
    'R-412': 'The first perf version reserved before it validated, and wanted a capability for kernel addresses (EPERM).',
  },
};
