// What was there before hwbkpt: the Kwatch patches of 2002 to 2007, and the kernel that they changed.
import type { Section } from '../requirement.js';

export const KWATCH: Section = {
  title: 'Kwatch',
  mark: 'historic',
  rows: {
    'R-201': 'Registering gives the number of the register or an error; unregistering a number that is not one is silently ignored.',
    'R-202': 'Errors of registering: EINVAL for bad length, type or handler, EBUSY when full, ENOSYS when left out of the kernel.',
    'R-203': 'A register is free, global (kernel) or local (threads, counted); the search starts at DR3, because gdb starts at DR0.',
    'R-204': 'ptrace gets EBUSY when it writes the address of a global register or enables one.',
    'R-205': 'A thread is marked exactly while its DR7 enables something; fork counts the registers again, exit and exec give them back.',
    'R-206': "Kernel slots use G bits, which loading a thread's DR7 keeps; their address registers are skipped at a switch.",
    'R-207': "The exception handler writes 0 to DR6 on entry and switches off the process's part only; signal delivery restores that.",
    'R-208': 'The handler treats only the lowest bit of an exception, swallows recursion, sets RF for execution, and runs after kprobes.',
    'R-209': 'Kwatch has neither priorities nor eviction.',
  },
};

export const LINUX_2007: Section = {
  title: 'Linux of early 2007',
  mark: 'historic',
  rows: {
    'R-220': 'PEEKUSER of a debug register gives the saved word; an offset that is misaligned or outside struct user is EIO.',
    'R-221': 'POKEUSER is EIO for DR4, DR5, kernel addresses, and a DR7 with a bad field in any slot, on or off.',
    'R-222': 'A trap in a task whose saved DR7 is 0 only clears DR7; else DR6 is saved, SIGTRAP sent, and DR7 off until delivery.',
  },
};
