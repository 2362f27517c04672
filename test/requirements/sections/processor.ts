// The x86 processor: its debug registers, what they match, and the debug exceptions they raise. Holds for every kernel.
import type { Section } from '../requirement.js';

export const PROCESSOR_REGISTERS: Section = {
  title: 'Processor: registers and what they match',
  mark: 'cpu',
  rows: {
    'R-001': 'DR0-DR3 hold addresses, DR6 status, DR7 control; DR4 and DR5 are DR6 and DR7 unless CR4.DE is set, then #UD.',
    'R-002': 'Moving to or from a debug register outside ring 0 is #GP; 64-bit code moves 64 bits, 32-bit code zeroes the upper half.',
    'R-003': 'A 1 in the upper half of DR6 or DR7 is #GP; DR0-DR3 take any value, and one that cannot be reached never matches.',
    'R-004': 'What is compared is the linear address, before paging.',
    'R-005': "DR7's layout: enables in 0-7, LE, GE, a fixed 1 in bit 10, RTM, GD, then R/W and LEN of each slot from bit 16 on.",
    'R-006': 'A slot is on when its L or its G bit is; a hardware task switch clears the L bits only; LE and GE do nothing since P6.',
    'R-007': 'R/W 00 is execution, 01 writes, 10 I/O (with CR4.DE only), 11 reads and writes but not instruction fetches.',
    'R-008': 'LEN 00, 01, 11, 10 is 1, 2, 4, 8 bytes; execution needs 00; 8 bytes work in every mode of a processor that has them.',
    'R-009': 'Address bits below the length are ignored: a misaligned slot watches the aligned block around its address.',
    'R-010': 'A data or I/O slot triggers when any byte of the access lies in its range, whatever the size and alignment of the access.',
    'R-011': 'An instruction slot must name the first byte of the instruction, prefixes included; one that points inside never triggers.',
    'R-012': "The manual's table of ten accesses that trap and six that do not, on four given slots.",
  },
};

export const PROCESSOR_DR6: Section = {
  title: 'Processor: DR6',
  mark: 'cpu',
  otherMarks: { 'R-026': 'linux' },
  rows: {
    'R-020': "DR6's layout: B0-B3, BLD (active low), BD, BS, BT, RTM (active low), ones elsewhere; 0xffff0ff0 after a reset.",
    'R-021': 'DR6 is written by debug exceptions only; some may clear B0-B3, all other bits stay until software clears them.',
    'R-022': 'A B bit may be set for a slot that is off, so a handler has to mask them with the enables of DR7.',
    'R-023': 'BD tells of a register access under GD, BS of a single step (other bits may join it), BT of a task switch with T set.',
    'R-024': 'A bus lock exception clears bit 11 and others leave it; a transactional one clears bit 16 and others set it.',
    'R-025': 'What is written to DR6 stays until the next debug exception; on processors of 2007 a data hit cleared old B bits itself.',
    'R-026': 'Linux flips DR6 by XOR with 0xffff0ff0, so that 0 means that there is no reason.',
  },
};

export const PROCESSOR_EXCEPTIONS: Section = {
  title: 'Processor: faults, traps, their order, RF',
  mark: 'cpu',
  rows: {
    'R-030': 'Execution and general detect are faults, reported before; data, I/O, step and task switch are traps, reported after.',
    'R-031': 'Several reasons of one instruction, data and data or data and step, come as one exception with several DR6 bits.',
    'R-032': 'A data hit is reported when the old value is already overwritten.',
    'R-033': 'At an instruction boundary: traps of the last instruction, NMI, interrupts, instruction breakpoint, then other faults.',
    'R-034': 'RF suppresses instruction breakpoints, and nothing else, for one instruction; completing an instruction clears it.',
    'R-035': 'RF is pushed as 1 for other faults and between rounds of a string instruction, as 0 after a completed instruction.',
    'R-036': 'A handler that returns from an instruction breakpoint with RF clear and the slot on faults again for ever.',
    'R-037': 'With GD set a move of a debug register faults before it is executed, with BD; entering the handler clears GD.',
    'R-038': 'TF traps after the instruction that follows the one that set it; entering a handler clears it, as do INT n, INT3, INTO.',
    'R-039': 'MOV SS and POP SS hold traps and steps back by one instruction; if that is INT n or SYSCALL they arrive in the kernel.',
    'R-040': 'String instructions test data breakpoints each round, but fast forms may report late; INS and OUTS stop after one round.',
    'R-041': 'A REP that is hit stops on itself with RF set; wide slots are reported late, a count of 0 never; it steps round by round.',
    'R-042': 'A failing CMPXCHG counts as a write, a rewritten value too; LEA, prefetches and stores with an empty mask touch nothing.',
    'R-043': 'ICEBP raises a debug exception without a reason, after its byte; INT 1 in user mode is #GP.',
    'R-044': 'A debug exception in a transaction aborts it, unless DR7.RTM and DEBUGCTL.RTM are set: then it is reported at XBEGIN.',
    'R-045': 'DEBUGCTL.BTF makes TF step from branch to branch; raising a debug exception clears it.',
    'R-046': 'After a reset hardware has 0xffff0ff0 in DR6 and 0x400 in DR7, while Linux shows a fresh task a DR7 of 0.',
  },
};
