// Linux's own test programs for breakpoints, as lists of what they assert.
import type { Section } from '../requirement.js';

export const LINUX_SELFTESTS: Section = {
  title: "Linux's own tests: selftests",
  mark: 'linux',
  otherMarks: { 'T-L-03': 'arm64' },
  rows: {
    'T-L-01': 'Every slot with L, G and both, execution and all lengths of data, ICEBP and INT3: no stop is lost or doubled (110 cases).',
    'T-L-02': 'A child pinned to each CPU in turn stops once for a step, before and after the machine slept.',
    'T-L-03': 'On arm64 a write hits exactly when it meets the watched bytes, for all sizes and offsets (213 cases).',
    'T-L-10': 'MOV SS on a watched word followed by each kind of interrupt, fault and system call: the kernel survives (16 runs).',
    'T-L-11': 'TF set and cleared by POPF traps four times, and never for ever at one place.',
    'T-L-12': 'After a NOP, both ways back to user mode, and system calls, TF is as it was, with at least one trap where it was set.',
    'T-L-13': 'System calls by INT 0x80 keep registers, can be emulated and restarted under ptrace.',
    'T-L-14': 'SYSENTER and SYSCALL with a bad stack, also with TF: an error, no crash.',
    'T-L-20': 'Five threads read a watched word with sigtrap: each signal arrives exactly once, also after modifying and under stress.',
    'T-L-21': "sigtrap events with remove_on_exec: a fork keeps them, an exec does not, and a parent's live on.",
  },
};

export const LINUX_ACCOUNTING: Section = {
  title: "Linux's own tests: counting slots",
  mark: 'linux',
  rows: {
    'T-L-30': "A CPU that is full refuses a task's breakpoint and another of its own.",
    'T-L-31': 'Every CPU can be filled, and then refuses one more.',
    'T-L-32': 'A task that has 4 on all CPUs leaves room for none of its own and none of a CPU, until it gives one back.',
    'T-L-33': 'Two tasks may both have 4 on all CPUs; one of them giving back does not help a CPU.',
    'T-L-34': "A task that has 4 on one CPU leaves room there for none of its own and none of the CPU's, until it gives one back.",
    'T-L-35': 'One on a CPU and 3 on all CPUs fill a task; giving back both kinds lets the CPU have 2.',
    'T-L-36': 'Two tasks with 4 on one CPU leave the other CPU free.',
    'T-L-37': 'A task with 4 on one CPU and one with 4 on all: both CPUs are full.',
    'T-L-38': 'A task with 3 on all CPUs and 1 on CPU 0 leaves CPU 1 one slot; who takes and gives it decides for the task.',
    'T-L-39': 'When all is removed no slot is in use.',
  },
};

export const LINUX_PERF_TESTS: Section = {
  title: "Linux's own tests: perf",
  mark: 'linux',
  rows: {
    'T-L-40': 'Execution of an instruction, of the signal handler, and its write count 1, 3 and 2: nested frames keep RF.',
    'T-L-41': '10000 executions with a period of 100 overflow exactly 100 times.',
    'T-L-42': 'Instruction and data breakpoints are filled up and changed into one another, which tells whether they share a pool.',
    'T-L-43': 'Counts of write and read-write breakpoints on reads, writes, after modifying, and outside the range.',
    'T-L-44': 'Five threads with 3000 hits each receive 15000 signals with all fields right.',
  },
};
