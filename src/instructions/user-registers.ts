// Where a register stands in struct user_regs_struct, the 27 words in which a stopped thread's registers come (asm/user_64.h).
//
//   0 r15 | 1 r14 | 2 r13 | 3 r12 | 4 rbp | 5 rbx | 6 r11 | 7 r10 | 8 r9 | 9 r8 | 10 rax | 11 rcx | 12 rdx | 13 rsi | 14 rdi
//   15 orig_rax | 16 rip | 17 cs | 18 eflags | 19 rsp | 20 ss | 21 fs_base | 22 gs_base | 23 ds | 24 es | 25 fs | 26 gs

/** Index of each word that the rules of this room look at. `originalRax`: the system call the thread is in; negative: none. */
export const USER_WORD = {
  ...{ r15: 0, r14: 1, r13: 2, r12: 3, rbp: 4, rbx: 5, r11: 6, r10: 7, r9: 8, r8: 9, rax: 10, rcx: 11, rdx: 12, rsi: 13, rdi: 14 },
  ...{ originalRax: 15, rip: 16, cs: 17, eflags: 18, rsp: 19, fsBase: 21, gsBase: 22 },
} as const;

/** Name of such a word. */
export type UserWord = keyof typeof USER_WORD;

/** A word of 27; 0 where the array is too short. */
export function userWord(words: BigUint64Array, name: UserWord): bigint {
  return words[USER_WORD[name]] ?? 0n;
}
