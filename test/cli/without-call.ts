// Commands under a seccomp filter, as in a container: one system call fails for them.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';

/** System calls by number (x86-64). */
export const CALL = { perf_event_open: 298, bpf: 321 } as const;

const SOURCE = `
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

// CALL ERRNO COMMAND...
int main(int argc, char **argv) {
  if (argc < 4) return 99;
  struct sock_filter filter[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)atoi(argv[1]), 0, 1),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)atoi(argv[2])),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return 98;
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) return 97;
  execvp(argv[3], argv + 3);
  return 96;
}
`;

/** A program that runs a command with a filter on it. Throws where it cannot be built. */
export class CallFilter implements Disposable {
  readonly #folder = mkdtempSync(`${tmpdir()}/hwbkpt-filter-`);

  constructor() {
    writeFileSync(`${this.#folder}/filter.c`, SOURCE);
    execFileSync('gcc', ['-o', `${this.#folder}/filter`, `${this.#folder}/filter.c`]);
  }

  /** Words before a command that make `call` fail with `errno` in it. */
  words(call: keyof typeof CALL, errno: number): readonly [string, ...string[]] {
    return [`${this.#folder}/filter`, String(CALL[call]), String(errno)];
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }
}
