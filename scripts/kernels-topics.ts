// Which scenario is about what, for docs/kernels.md: topics in the order of the page, and the disagreements of the sources with what shows them.

/** Some scenarios under one heading, by the names of their files without `.scn`. */
export interface Topic {
  readonly title: string;
  readonly scenarios: readonly string[];
}

/** Something on which the sources are not of one mind. */
export interface Disagreement {
  readonly topic: string;
  /** Who says what, by requirement. */
  readonly options: string;
  readonly scenarios: readonly string[];
}

/** A scenario that no topic names stands at the end of the page. */
export const TOPICS: readonly Topic[] = [
  { title: 'Two hits', scenarios: ['two-watches-one-syscall', 'two-hits-one-signal', 'dr6-low-bits', 'disable-each'] },
  { title: 'DR7 after a hit', scenarios: ['ptrace-stop-restores-dr7', 'swallowed-signal'] },
  {
    title: 'From the exception to the report',
    scenarios: [
      'kernel-access',
      'delivery-on-return',
      'sigtrap-blocked',
      'sigtrap-ignored',
      'detach-then-sigtrap',
      'handler-nested',
      'vm86',
    ],
  },
  { title: 'Virtual registers', scenarios: ['ptrace-dr0-in-dr2', 'placement', 'dr7-reads-back', 'freebsd-dr6'] },
  { title: 'What a tracer may write', scenarios: ['disabled-field', 'alignment', 'range-into-kernel', 'reserved-bits'] },
  { title: 'Four registers for many', scenarios: ['slots-by-kernel', 'no-free-slot', 'priorities', 'held-effects', 'ties', 'two-cpus'] },
  { title: 'Users in the kernel', scenarios: ['utrace-consumes', 'raw-and-utrace', 'same-place-raw-and-utrace'] },
  { title: 'Kprobes', scenarios: ['kprobe-alone', 'kprobe-step-and-watch'] },
  { title: 'Kwatch', scenarios: ['kwatch'] },
  { title: 'Perf events', scenarios: ['perf-and-ptrace'] },
  {
    title: 'Fork, clone and exec',
    scenarios: ['fork-by-kernel', 'fork-x86', 'fork-ia64', 'tracer-catches-clone', 'inherit-by-policy', 'exec-drops'],
  },
  { title: 'pfmon', scenarios: ['pfmon-endless-sigtrap', 'pfmon-without-follow', 'pfmon-follow', 'pfmon-code-hit'] },
  { title: 'Lazy switching', scenarios: ['lazy-switch-stale-trap', 'dr0-before-dr7'] },
  { title: 'Steps', scenarios: ['step-bit', 'sigtrap-loop', 'step-with-watchpoints', 'step-onto-breakpoint'] },
  {
    title: "NetBSD's watchpoints",
    scenarios: [
      'index-beyond-count',
      'watchpoint-without-address',
      'length-10-and-io',
      'kernel-user-present',
      'registers-not-in-mcontext',
      'si-code-trap-trace',
    ],
  },
  { title: 'Interfaces', scenarios: ['interfaces'] },
  { title: 'The processor', scenarios: ['unaligned-table', 'rep-movs', 'mov-ss', 'icebp-int3'] },
];

export const DISAGREEMENTS: readonly Disagreement[] = [
  {
    topic: 'no register is free when a tracer wants one',
    options: 'an error at once (R-104; today ENOSPC; Kwatch EBUSY, R-204); accepted, and it waits (R-354)',
    scenarios: ['slots-by-kernel', 'no-free-slot'],
  },
  {
    topic: 'priorities and eviction',
    options: 'yes (R-301, R-321, R-342); no (Kwatch R-209, R-400, R-564, NetBSD R-136)',
    scenarios: ['priorities'],
  },
  {
    topic: 'which register',
    options:
      'kernel from DR0 up, threads from DR3 down (R-344); the reverse (R-405); Kwatch from DR3 down (R-203); the first that is free (R-521)',
    scenarios: ['placement', 'ptrace-dr0-in-dr2'],
  },
  {
    topic: 'error for a bad address or DR7',
    options: 'EIO in 2007 (R-221); EINVAL in the Linux of today (R-507, R-511) and in BSD',
    scenarios: ['range-into-kernel', 'interfaces'],
  },
  {
    topic: 'a bad field in a register that is not enabled',
    options: 'refused (R-221); harmless (R-352); harmless only where nothing is set (R-510); FreeBSD refuses I/O',
    scenarios: ['disabled-field'],
  },
  {
    topic: 'alignment',
    options: 'checked (Linux); not checked: the processor ignores the low bits (BSD, R-009)',
    scenarios: ['alignment'],
  },
  {
    topic: 'the kernel touches what a thread watches',
    options: 'must be reported (R-106, R-108); never is (R-537, BSD)',
    scenarios: ['kernel-access', 'delivery-on-return'],
  },
  {
    topic: 'low bits of DR6',
    options: 'gather until they are reported or cleared (R-105, NetBSD); replaced by each hit (R-532)',
    scenarios: ['dr6-low-bits', 'two-watches-one-syscall'],
  },
  {
    topic: 'the step bit of DR6',
    options: 'stays until the tracer clears it (R-307); begins anew with each exception (R-541)',
    scenarios: ['step-bit'],
  },
  { topic: 'what DR7 reads back as', options: 'what was written (R-509); what is used (R-221)', scenarios: ['dr7-reads-back'] },
  {
    topic: 'fork',
    options: 'inherited (x86 in 2007, R-120); not (ia64 R-801, R-121, R-550, R-618); not, though DR7 reads so (R-551)',
    scenarios: ['fork-by-kernel', 'fork-x86', 'fork-ia64'],
  },
  {
    topic: 'stepping and watching at once',
    options: 'not set while the thread is stepped (R-133); both, elsewhere',
    scenarios: ['step-with-watchpoints'],
  },
  {
    topic: 'past an instruction breakpoint',
    options: 'the kernel sets RF (R-535); the tracer takes it out, steps and puts it back (R-617)',
    scenarios: ['pfmon-code-hit'],
  },
  {
    topic: 'shape of the interface',
    options: 'raw registers (R-220, R-610, R-701); index, condition and length for each LWP (R-130); objects of the kernel (R-324)',
    scenarios: ['interfaces'],
  },
];
