// Linux today as a tracer sees it: the debug registers of PEEKUSER and POKEUSER, what a hit looks like, and what fork, exec and exit do.
import type { Section } from '../requirement.js';

export const LINUX_REGISTERS: Section = {
  title: 'Linux today: PEEKUSER and POKEUSER',
  mark: 'linux',
  rows: {
    'R-501': 'u_debugreg is at byte 848 of struct user, which has 912 bytes; it holds 8 words.',
    'R-502': 'Misaligned offsets and those outside struct user are EIO; other fields inside read as 0 and refuse writes with EIO.',
    'R-503': 'A target that is not traced by the caller, or not stopped, is ESRCH.',
    'R-504': 'A fresh task reads 0 everywhere but in dr6, which reads 0xffff0ff0.',
    'R-505': 'Writing dr4 or dr5 is EIO, whatever the value.',
    'R-506': 'dr6 takes any 64-bit value and reads it back; the hardware does not notice.',
    'R-507': 'The first write to an address register makes a disabled write breakpoint of 1 byte, which takes a slot: EINVAL or ENOSPC.',
    'R-508': "A later one is checked against the slot's type and length: misaligned or reaching the kernel is EINVAL, the old one stays.",
    'R-509': 'dr7 works without bits 10-15 and the upper half, but reads back exactly as it was written.',
    'R-510': 'A slot that is empty and off takes any field; empty and on is made at address 0; a present one is checked even when off.',
    'R-511': 'I/O, execution with a length, misaligned addresses and those that reach the kernel are EINVAL; no room is ENOSPC.',
    'R-512': 'Slots are taken from 0 to 3 until the first error; then all are written again, and dr7 reads back as before.',
    'R-513': 'A slot that a failing write created stays, disabled and charged; a bad field for it is EINVAL from then on.',
    'R-514': 'Rolling back makes every disabled slot an execute breakpoint, though dr7 still reads as before.',
    'R-515': 'Writing 0 to dr7 makes every present slot a disabled execute breakpoint, so the next address may have any alignment.',
    'R-516': 'dr7 may be written before any address: it then enables breakpoints at 0.',
    'R-517': 'Addresses that do not suit the length of dr7, in either order of writing, are EINVAL; so are kernel addresses.',
    'R-518': 'Slots once touched stay charged until exec or exit: neither zeroing nor detaching gives them back.',
    'R-519': 'When others hold the slots the first write of an address, or of dr7 for an empty slot, is ENOSPC; dr7 = 0 still works.',
    'R-520': "Changing a slot's type takes its charge anew, which on x86 never fails for that reason.",
    'R-521': "The physical register is the first free one at each switch, and hits are told under the tracer's number.",
    'R-522': 'Installing writes the address, then DR7; removing writes DR7 first. Only G bits and GE are used.',
    'R-523': 'A 32-bit tracer has the 32-bit struct user and the same rules.',
  },
};

export const LINUX_HITS: Section = {
  title: 'Linux today: what a hit looks like to a tracer',
  mark: 'linux',
  rows: {
    'R-530': 'A hit is SIGTRAP with TRAP_HWBKPT, a step with TRAP_TRACE, anything else TRAP_BRKPT; si_addr is the ip, not the data.',
    'R-531': 'dr6 at the stop is 0xffff0ff0 with the bits of all slots that hit, and bit 14 for a step.',
    'R-532': 'Trap bits do not stay: each exception starts dr6 afresh.',
    'R-533': 'A data hit is after the instruction with the value written; an execute hit is on the instruction, not yet executed.',
    'R-534': 'ICEBP gives TRAP_BRKPT and a dr6 without reason; INT3 gives SI_KERNEL and no address; INT 1 is SIGSEGV.',
    'R-535': 'After an execute hit RF is set, so it goes on with the slot armed; a tracer that clears RF meets the hit again.',
    'R-536': 'A step onto an execute breakpoint is told first, the next step tells the breakpoint, the one after executes it.',
    'R-537': 'System calls that read or write a watched buffer give a ptrace breakpoint no trap.',
    'R-538': 'SIGTRAP is forced: blocked or ignored it kills an untraced task, with a handler that runs.',
    'R-539': 'After detach the slots stay armed and a hit kills a task that is not prepared; who attaches again reads them back.',
  },
};

export const LINUX_LIFE: Section = {
  title: 'Linux today: fork, clone, exec, exit',
  mark: 'linux',
  rows: {
    'R-550': 'Children and new threads have no ptrace breakpoints: dr0 to dr3 read 0 and nothing is armed.',
    'R-551': "Yet a child reads back its parent's dr7 and dr6.",
    'R-552': 'exec gives all slots back and resets what the tracer reads.',
    'R-553': 'exit gives slots back before the parent hears of it, but a new user may still meet ENOSPC for a moment.',
  },
};
