// What the three mails ask for that the project starts from: the combined facility (2007), inheritance (2007), NetBSD's watchpoints
// (2016).
import type { Section } from '../requirement.js';

export const COMBINED_FACILITY: Section = {
  title: 'The combined facility that was asked for in 2007',
  mark: 'historic',
  rows: {
    'R-101': 'One facility serves kernel and user; it speaks of data breakpoints and instruction breakpoints.',
    'R-102': 'Raw ptrace registers are wholly virtual: dr0 may lie in any physical register, and DR6 and DR7 are translated both ways.',
    'R-103': 'Raw ptrace values belong to the thread: they outlive detach and then still raise SIGTRAP.',
    'R-104': 'ptrace is a plain user of the facility: fixed priority, no callbacks, nothing allocated, and an error at once without room.',
    'R-105': 'The virtual DR6 gathers every bit that no kernel user took, over all exceptions of a system call; none may be lost.',
    'R-106': 'One system call that touches two watched places reports both; data breakpoints need not be off meanwhile.',
    'R-107': 'A user instruction breakpoint cannot be met in kernel code, so it need not be off there.',
    'R-108': 'A user data hit in kernel mode is owed to the thread and acted on before it returns to user mode, by a work flag of its own.',
    'R-109': 'A user hit is a forced SIGTRAP: blocking or ignoring it does not help, it does not queue, and siginfo carries no DR6.',
    'R-110': 'A ptrace stop always switches context, so the switch itself loads DR7 again.',
    'R-111': 'How this meets kprobes and vm86 was left open.',
  },
};

export const INHERITANCE: Section = {
  title: 'Inheritance and laziness, as complained of in 2007',
  mark: 'historic',
  rows: {
    'R-120': 'ia64 children inherit no debug registers; children on i386 and x86-64 did in 2007.',
    'R-121': 'The wish: no inheritance anywhere.',
    'R-122': 'With inheritance a child that nobody traces dies of SIGTRAP or confuses its monitor; a tool must make it an explicit option.',
    'R-123': 'Switching to a task without debug registers leaves DR7; a trap in that task clears it and sends no signal.',
    'R-124': "Address registers written under another task's stale DR7 would be armed at once: a lazy scheme has to rule this out.",
  },
};

export const PER_LWP_WATCHPOINTS: Section = {
  title: "NetBSD's watchpoints as proposed in 2016",
  mark: 'netbsd',
  rows: {
    'R-130': 'Three requests write, read and count watchpoints, each an index, a thread, an address (0 is off), a condition, a length.',
    'R-131': 'Raw processor registers are not shown to user programs.',
    'R-132': "A user watchpoint belongs to one thread, not to its process; setting it on all threads is the debugger's job.",
    'R-133': 'Watchpoints are off while their thread is stepped.',
    'R-134': 'The registers are loaded at the end of the way back to user mode, and left alone on the way into the kernel.',
    'R-135': 'Only user addresses are accepted, and a watchpoint must not fire in the kernel.',
    'R-136': 'Nothing is reserved for the kernel: a kernel debugger that wants the registers stops loading those of users.',
    'R-137': 'A hit is SIGTRAP with si_code TRAP_TRACE.',
  },
};
