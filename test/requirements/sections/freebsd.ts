// FreeBSD on x86: its raw debug registers.
import type { Section } from '../requirement.js';

export const FREEBSD: Section = {
  title: 'FreeBSD',
  mark: 'freebsd',
  rows: {
    'R-701': 'GET fills DR0-DR3, DR6 and DR7 of 16 words, and the rest with 0.',
    'R-702': 'SET is EINVAL for I/O fields, 8 bytes in a 32-bit process, upper bits of DR6 or DR7, and enabled addresses in the kernel.',
    'R-703': 'Registers are kept as they were written; switches save and load them only for marked threads; exec and exit reset them.',
    'R-704': "A trap is ours when DR6 has a B bit, DR7's low byte is not 0, and a slot that hit has a user address.",
    'R-705': 'In kernel mode DR6 is read and zeroed and hits on user slots are ignored, a watched buffer in a system call for one.',
    'R-706': "A user hit is SIGTRAP with TRAP_TRACE and the ip; TF is cleared for the tracer's step only, DR6 after the stop only.",
    'R-707': 'i386_set_watch edits a set of registers in user memory and does not touch the kernel.',
    'R-708': 'That FreeBSD has them in its machine context could not be confirmed.',
  },
};
