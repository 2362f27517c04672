// The argument and the options that watch, who and stat share, as data.
import type { ArgumentSpec, OptionSpec } from './command-spec.js';

/** Whom they watch, beside `-- COMMAND`. */
export const TARGET_OPTIONS: readonly OptionSpec[] = [
  { flags: '-p, --pid <pid>', description: 'watch this running process' },
  { flags: '--tid <tid>', description: 'only this thread of it' },
  { flags: '--kernel', description: 'watch the kernel itself, on all CPUs' },
  {
    flags: '--vmlinux <file>',
    description: 'with --kernel: its System.map, or its vmlinux (with debug information also for a.b[2].c, file and line)',
  },
];

/** How. */
export const WATCH_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--access <kind>',
    description: 'w: writes; rw: reads and writes; x: execution of the instruction at a function or address',
    choices: ['w', 'rw', 'x'],
    default: 'w',
  },
  {
    flags: '--engine <name>',
    description: 'how to place the breakpoints',
    choices: ['auto', 'bpf', 'perf', 'stop', 'sim'],
    default: 'auto',
  },
  {
    flags: '--if <condition>',
    description: "only hits for which this holds, in C's words: new, old, tid, comm, other variables ... (docs/conditions.md)",
  },
  { flags: '--changes-only', description: 'leave out writes that did not change the value' },
  {
    flags: '--inherit <who>',
    description: 'what is watched too when the target makes it: new threads, or also child processes',
    choices: ['none', 'threads', 'children'],
    default: 'threads',
  },
  { flags: '--limit <n>', description: 'stop watching after this many hits; the target runs on' },
  { flags: '--duration <seconds>', description: 'stop watching after this time; the target runs on' },
  {
    flags: '--as <type>',
    description:
      'how to read memory given by address: int8 to int64, u8 to u64, f32, f64, char, bool, hex; with --kernel also its own types, for 0xADDR.member too: struct ratelimit_state',
  },
  {
    flags: '--priority <n>',
    description:
      '0 to 255, higher wins: wait where others hold the debug registers, and make room for higher ones; without it a watch is armed at once or refused',
  },
  {
    flags: '--follow',
    description:
      'stay with what the name means: arm again where a pointer on the way leads when it changes (each takes a debug register too), wait while it is null, and for a library (LIBRARY!NAME) until it is loaded',
  },
  {
    flags: '--no-share',
    description: 'neither join a hwbkpt that watches the process already, nor let others join (docs/sharing.md)',
  },
  { flags: '--clients <n>', description: 'let at most so many others join; default 16' },
  { flags: '--every-call', description: 'of a local variable (FUNCTION::NAME): in every call; without it the watch ends with the first' },
  { flags: '--strict', description: 'exit with status 3 when anything was lost, changed unseen, or not covered' },
  { flags: '--quiet', description: 'print hits, and warnings of what was missed: no armed line, no summary' },
  { flags: '-o, --output <file>', description: 'where hits go: a file, or fd:N for an open descriptor; default stdout' },
  { flags: '--json', description: 'one JSON object a line' },
];

/** Of watch. */
export const STACK_OPTION: OptionSpec = {
  flags: '--stack [depth]',
  description: 'with each hit the calls that led to it, 16 deep unless said otherwise',
};

/** Of watch. */
export const INSTRUCTION_OPTION: OptionSpec = {
  flags: '--instruction',
  description: "with each hit the machine instruction that made it, in Intel's syntax, and its address; with --stack also for calls",
};

/** Of who. */
export const GROUP_STACK_OPTION: OptionSpec = {
  flags: '--stack [depth]',
  description: 'group by the calls that led there too, 16 deep unless said otherwise',
};

/** Of stat. */
export const PER_THREAD_OPTION: OptionSpec = { flags: '--per-thread', description: 'a line for each thread of each process' };

/** Of what counts: who and stat. */
export const MAX_RATE_OPTION: OptionSpec = {
  flags: '--max-rate <n>',
  description: 'when more hits a second come than this, watch only random parts of the time, and estimate how many there were',
};

/** What they watch. */
export const EXPRESSION_ARGUMENT: ArgumentSpec = {
  syntax: '<expr...>',
  description:
    'what to watch: NAME, a.b[2].c, *p->next, p[3..7], *(struct foo *)0xADDR, file.c::static_name, function::static_local, libfoo.so!name, NAME:LEN, 0xADDR[:LEN]; of the kernel also NAME@cpu1, a per-CPU variable',
};
