// struct pt_regs (arch/x86/include/asm/ptrace.h): the registers of interrupted code, as the kernel keeps them.
import type { RegisterName } from '../../instructions/index.js';

/** Byte offsets. The context of a program on a perf event begins with it. */
export const PT_REGS: Readonly<Record<RegisterName | 'ip' | 'cs', number>> = {
  ...{ r15: 0, r14: 8, r13: 16, r12: 24, bp: 32, bx: 40, r11: 48, r10: 56, r9: 64, r8: 72 },
  ...{ ax: 80, cx: 88, dx: 96, si: 104, di: 112, ip: 128, cs: 136, flags: 144, sp: 152 },
};

export const PT_REGS_BYTES = 168;
