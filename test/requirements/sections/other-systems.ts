// Systems that are no x86 kernel of the project: ia64 and pfmon, gdb, arm64, and others. They say where ideas come from.
import type { Section } from '../requirement.js';

export const IA64_AND_PFMON: Section = {
  title: 'ia64 and pfmon',
  mark: 'ia64',
  rows: {
    'R-801': 'On ia64 neither a child nor a new program keeps debug registers.',
    'R-802': 'ia64 has 8 data and 8 instruction pairs of address and mask; a tracer can never make them watch kernel levels.',
    'R-803': 'ia64 saves and loads them only for marked threads.',
    'R-860': 'pfmon has options of its own that make children inherit, that repeat, and that choose reads or writes.',
    'R-861': 'Without such an option pfmon disables the breakpoints of a forked child, because x86 inherits them.',
    'R-862': 'pfmon on x86 writes DR7 = 0x300 to disable and 0x355 with fields to enable: fields with L off first, then the address.',
    'R-863': 'After a code hit pfmon sets RF by POKEUSER and goes on; it reads and zeroes the low bits of DR6.',
    'R-864': 'pfmon warns of a SIGTRAP that it cannot explain, and continues.',
    'R-865': 'On ia64 pfmon passes one instruction or datum by PSR bits; code addresses have to be aligned to 16 bytes.',
  },
};

export const GDB: Section = {
  title: 'gdb',
  mark: 'other',
  rows: {
    'R-870': 'gdb shares a register between equal requests, covers up to 16 bytes by several slots, and starts at DR0.',
  },
};

export const ARM64: Section = {
  title: 'arm64',
  mark: 'arm64',
  rows: {
    'R-901': 'Breakpoints and watchpoints have pools of their own, of up to 16 each; the register set tells how many.',
    'R-902': 'Two register sets have a header with the number of slots, then address and control of each; the header is read-only.',
    'R-903': 'A control word has enable, privilege, type and a byte mask, which must be one run of 1 to 8 bytes.',
    'R-904': 'A watch is moved to 8 bytes with its mask shifted, and refused if it does not fit; code is aligned to 4 bytes.',
    'R-905': 'A disabled control word is not checked; the wrong kind of slot and kernel addresses are EINVAL, no room is ENOSPC.',
    'R-906': 'Both kinds are reported before the access, and a tracer has to step past them itself.',
    'R-907': 'A hit is SIGTRAP with TRAP_HWBKPT and the address of the slot.',
    'R-908': 'The reported address may lie outside the watched range: then the nearest slot is taken.',
    'R-909': 'A user watchpoint that the kernel hits is passed silently.',
    'R-910': 'A child starts without, and exec clears them.',
  },
};

export const OTHERS: Section = {
  title: 'Other processors',
  mark: 'other',
  rows: {
    'R-911': 'Linux 6.12 has no hardware breakpoints on riscv.',
    'R-912': 'powerpc has data breakpoints only, in granules of 8 bytes filtered afterwards, which are gone after one hit.',
    'R-913': 'xtensa switches a user slot off when the kernel hits it, and restores it on the way to user mode by a thread flag.',
  },
};
