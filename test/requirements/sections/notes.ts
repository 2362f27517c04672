// What was measured on real hardware and trips up a tool.
import type { Section } from '../requirement.js';

export const NOTES: Section = {
  title: 'Notes for tools on real hardware',
  mark: 'linux',
  rows: {
    'N-1': 'Write dr7 with the slot off and its field 0, then the address, then dr7 on.',
    'N-2': 'Slots once touched stay charged.',
    'N-3': 'After a fork or clone write the addresses and dr7 too: what the child reads back as dr7 is not armed.',
    'N-4': 'Trap bits are those of one stop: read dr6 at each; writing 0 to it is harmless.',
    'N-5': 'Copies by the kernel are invisible to ptrace and visible to perf with kernel mode included.',
    'N-6': 'REP strings report late, and siginfo does not tell the exact address.',
    'N-7': 'ptrace and perf share 4 slots in each CPU; a CPU-wide event anywhere lowers what every task can get.',
    'N-8': 'Zero dr7 before detaching, or the process may die of SIGTRAP.',
    'N-9': 'Right after a tracee is reaped ENOSPC may be met once more.',
    'N-10': 'A thread in a SIGTRAP stop when its tracer dies gets the SIGTRAP and dies; with an ignored signal by O_ASYNC it does not.',
    'N-11': 'An event of each thread with O_ASYNC stops at the instruction after a write, and on an executed one.',
    'N-12': 'Two events hit by one write give one stop and raise both counters; a read(2) into one stops once, counted by bytes.',
    'N-13': 'Inherited events run their BPF program too; many events can share one ring for each CPU.',
    'N-14': 'Events outlive exec unless removed, and then count what the new program does at that address.',
    'N-15': 'Vector registers cannot be sampled; a hit in kernel mode shows the registers of the system call, not of a store.',
    'N-16': 'Unprivileged, at paranoid 2: rings in locked memory, user registers and stack work; kernel mode is EACCES.',
    'N-17': 'A kernel address opens for all CPUs as a data breakpoint; execution there is EINVAL in a kernel without kprobes.',
  },
};
