// Every command of hwbkpt as data: parsing, --help and docs/cli are all made from this table.
import type { CommandSpec } from './command-spec.js';
import {
  EXPRESSION_ARGUMENT,
  GROUP_STACK_OPTION,
  INSTRUCTION_OPTION,
  MAX_RATE_OPTION,
  PER_THREAD_OPTION,
  STACK_OPTION,
  TARGET_OPTIONS,
  WATCH_OPTIONS,
} from './watch-specs.js';

/** All commands, in the order help shows them. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'watch',
    summary: 'print a line for every access',
    description:
      'Prints one line for every access to the named memory: when, which thread, the old and the new value, and the place in the code. The target is not stopped.',
    arguments: [EXPRESSION_ARGUMENT],
    options: [...TARGET_OPTIONS, ...WATCH_OPTIONS, STACK_OPTION, INSTRUCTION_OPTION],
    launches: true,
    examples: [
      { command: 'hwbkpt watch counter --pid 4711', meaning: 'a running process, by name' },
      { command: "hwbkpt watch 'state.players[2].hp' -- ./game --level 3", meaning: 'from the first instruction of a new process' },
      { command: 'hwbkpt watch 0x4040:4 --as int32 --pid 4711', meaning: 'an address' },
      { command: 'hwbkpt watch printk_ratelimit_state.burst --kernel --vmlinux vmlinux', meaning: "a variable of the kernel's" },
      {
        command: `hwbkpt watch counter --if 'new < old && comm == "worker"' --pid 4711`,
        meaning: 'only where it falls, by threads of that name',
      },
      { command: 'hwbkpt watch shared --json --inherit children -- ./server', meaning: 'children too, for programs to read' },
    ],
    load: async () => (await import('./commands/watch.js')).runWatch,
  },
  {
    name: 'who',
    summary: 'group accesses by place in the code',
    description:
      'Who touches this? Counts accesses by the place in the code that made them, with the first and the last value each place wrote. On a terminal the table is kept up to date, unless the target writes to the same terminal.',
    arguments: [EXPRESSION_ARGUMENT],
    options: [...TARGET_OPTIONS, ...WATCH_OPTIONS, GROUP_STACK_OPTION, MAX_RATE_OPTION],
    launches: true,
    examples: [
      { command: "hwbkpt who 'state.players[2].hp' --pid 4711 --duration 10", meaning: 'every place that wrote it within ten seconds' },
      { command: 'hwbkpt who table --access rw -- ./prog', meaning: 'readers too' },
      { command: 'hwbkpt who refcount --stack 4 --pid 4711', meaning: 'each way there by itself' },
    ],
    load: async () => (await import('./commands/who.js')).runWho,
  },
  {
    name: 'stat',
    summary: 'count accesses',
    description: 'Counts accesses and prints one line for each watch at the end.',
    arguments: [EXPRESSION_ARGUMENT],
    options: [...TARGET_OPTIONS, ...WATCH_OPTIONS, PER_THREAD_OPTION, MAX_RATE_OPTION],
    launches: true,
    examples: [
      { command: 'hwbkpt stat counter --pid 4711 --duration 5', meaning: 'how often is it written?' },
      { command: 'hwbkpt stat counter --per-thread --inherit children -- ./server', meaning: 'by each thread, of child processes too' },
      { command: 'hwbkpt stat counter --max-rate 10000 --pid 4711', meaning: 'about, where counting each would slow the target down' },
    ],
    load: async () => (await import('./commands/stat.js')).runStat,
  },
  {
    name: 'find',
    summary: 'find the address of a variable by its value',
    description:
      'No name, no symbols? Looks through the writable memory of a process, or the data of the kernel, for a value, and narrows down as the value changes: on a terminal it asks, elsewhere the search is kept in a file, and each call with --now, --changed or --unchanged goes on with it. Ends in a line that watches what is left.',
    arguments: [
      { syntax: '[value]', description: 'the value now: 100, -1, 0x64, 1.5; with --type text or bytes also "a text" or "de ad be ef"' },
    ],
    options: [
      { flags: '-p, --pid <pid>', description: 'look into this process' },
      { flags: '--kernel', description: 'look into the kernel' },
      {
        flags: '--type <type>',
        description:
          'int8 to int64, u8 to u64, f32, f64, text, bytes; default int32 where the value fits, else the next wider type, f64 for 1.5',
      },
      {
        flags: '--in <part>',
        description: 'heap (with all anonymous memory), stack, a file by name or path, or all; in the kernel data, bss, modules or all',
      },
      { flags: '--unaligned', description: "at every address, not only at multiples of the type's size" },
      { flags: '--was <old>', description: 'with --now: of the places that are left, those that held this at the last look' },
      { flags: '--now <new>', description: 'of the places that are left, those that hold this' },
      { flags: '--changed', description: 'of the places that are left, those that hold something else than at the last look' },
      { flags: '--unchanged', description: 'of the places that are left, those that hold the same' },
      { flags: '--limit <n>', description: 'show so many places; default 10' },
      { flags: '--json', description: 'one JSON object a line: each place shown, and found last' },
    ],
    launches: false,
    examples: [
      { command: 'hwbkpt find 100 --pid 4711', meaning: 'every place that holds 100; on a terminal it asks on' },
      { command: 'hwbkpt find --was 100 --now 95 --pid 4711', meaning: 'of these, the ones that hold 95 now' },
      { command: 'hwbkpt find 1234577 --kernel', meaning: "a variable of the kernel's" },
    ],
    load: async () => (await import('./commands/find.js')).runFind,
  },
  {
    name: 'doctor',
    summary: 'say what works on this machine',
    description:
      'Tries each engine, fires every debug register on memory of its own, and says what works, which engine auto takes, why not a better one, and what would help. With --pid also: who seems to hold the registers of that process, and what is known of its symbols.',
    arguments: [],
    options: [
      { flags: '-p, --pid <pid>', description: 'look at this process too' },
      { flags: '--json', description: 'one JSON object' },
    ],
    launches: false,
    examples: [{ command: 'hwbkpt doctor --pid 4711', meaning: 'can this process be watched, and by what?' }],
    load: async () => (await import('./commands/doctor.js')).runDoctor,
  },
  {
    name: 'regs',
    summary: "show a thread's virtual debug registers",
    description:
      "Shows DR0-DR3, DR6 and DR7 as the thread's tracer sees them. The thread is stopped for a moment; breakpoints of perf events are not in these registers.",
    arguments: [],
    options: [
      { flags: '-p, --pid <pid>', description: 'look at this process' },
      { flags: '--tid <tid>', description: 'at this thread of it; default its first' },
      { flags: '--json', description: 'one JSON object' },
    ],
    launches: false,
    examples: [{ command: 'hwbkpt regs --pid 4711', meaning: 'is anything left armed by a debugger?' }],
    load: async () => (await import('./commands/regs.js')).runRegs,
  },
  {
    name: 'decode',
    summary: "explain a debug register's bits",
    description: 'Explains the bits of a DR6 or DR7 value (x86-64).',
    arguments: [
      { syntax: '<register>', description: 'dr6 or dr7' },
      { syntax: '<value>', description: 'the value, 0x... or decimal' },
    ],
    options: [{ flags: '--json', description: 'one JSON object' }],
    launches: false,
    examples: [{ command: 'hwbkpt decode dr7 0xd0101', meaning: 'what does this arm?' }],
    load: async () => (await import('./commands/decode.js')).runDecode,
  },
  {
    name: 'gdbserver',
    summary: 'serve gdb and lldb',
    description:
      'Lets gdb (`target remote :PORT`) and lldb (`gdb-remote PORT`) debug a process, several of them at once if need be. Watchpoints and breakpoints take debug registers, steps too; the target survives whatever happens to the server. It goes on when a debugger leaves, and ends with the target. docs/gdb.md tells how to work with it.',
    arguments: [
      {
        syntax: '<address>',
        description: '[HOST]:PORT to listen on, the loopback where no host is given; - for standard input and output',
      },
    ],
    options: [
      { flags: '-p, --pid <pid>', description: 'debug this running process' },
      {
        flags: '--inherit <who>',
        description:
          'what is debugged too when the target makes it: new threads (the default), or also child processes (gdb is told of forks then)',
        choices: ['none', 'threads', 'children'],
      },
      { flags: '--clients <n>', description: 'serve at most so many at once; default 4' },
      { flags: '--once', description: 'end when the debugger leaves' },
      {
        flags: '--step <how>',
        description: 'breakpoint: a step takes a debug register; trap-flag: none, but the target dies if the server is killed meanwhile',
        choices: ['breakpoint', 'trap-flag'],
        default: 'breakpoint',
      },
      {
        flags: '--int3',
        description: 'let the debugger write its breakpoints into code, as many as it likes; they kill the target if the server is killed',
      },
      {
        flags: '--no-share',
        description: 'neither join a hwbkpt that has the process already, nor let others join (docs/sharing.md)',
      },
    ],
    launches: true,
    examples: [
      { command: 'hwbkpt gdbserver :4711 --pid 4242', meaning: 'then in gdb: target remote :4711' },
      { command: 'hwbkpt gdbserver :4711 -- ./prog --its args', meaning: 'from the first instruction of a new process' },
      { command: "gdb -ex 'target remote | hwbkpt gdbserver - --pid 4242'", meaning: 'gdb starts it, no port is opened' },
    ],
    load: async () => (await import('./commands/gdbserver.js')).runGdbServer,
  },
  {
    name: 'dap',
    summary: 'serve an editor: a debug adapter',
    description:
      'Speaks the Debug Adapter Protocol with an editor: launch and attach, stacks and variables, breakpoints, and data breakpoints in full, also while the program runs. docs/editors.md shows how VS Code, Neovim and Emacs start it.',
    arguments: [],
    options: [
      { flags: '--port <n>', description: 'listen on this port of the loopback (0: any that is free) instead of standard input' },
      { flags: '--no-share', description: 'do not join other hwbkpt commands on the same process, and do not let them join' },
    ],
    launches: false,
    examples: [
      { command: 'hwbkpt dap', meaning: 'on standard input and output, as editors start it' },
      { command: 'hwbkpt dap --port 4712', meaning: 'for editors that connect' },
    ],
    load: async () => (await import('./commands/dap.js')).runDap,
  },
  {
    name: 'lab',
    summary: 'run scenarios on the simulated machine',
    description:
      'Runs a scenario (docs/scenarios.md) on a simulated machine, under the rules of the kernels that it speaks of, and says which of its expects hold: a timeline with a column for each CPU and thread. Ends with 1 when one does not hold, with 2 when the scenario cannot be read.',
    arguments: [
      { syntax: '<action>', description: 'run' },
      { syntax: '[scenario...]', description: 'files to run, *.scn' },
    ],
    options: [
      {
        flags: '--rules <kernel>',
        description: "under this kernel's rules; all: a table of how the kernels differ",
        choices: ['hwbkpt', 'linux-2.6.20', 'linux', 'netbsd-2016', 'netbsd', 'freebsd', 'all'],
      },
      { flags: '--mutants', description: 'under each mutant that the scenario names: an expect must fail' },
      { flags: '--json', description: 'one JSON object a line: step, expect, and summary last' },
    ],
    launches: false,
    examples: [
      { command: 'hwbkpt lab run fixtures/scenarios/two-watches-one-syscall.scn', meaning: 'does the scenario hold?' },
      { command: 'hwbkpt lab run fork.scn --rules all', meaning: 'what does each kernel do?' },
    ],
    load: async () => (await import('./commands/lab.js')).runLab,
  },
  {
    name: 'demo',
    summary: "a minute's tour on this machine",
    description:
      'Builds a small C program (or, without a compiler, starts a Node process), watches a variable of it and shows who writes it.',
    arguments: [],
    options: [],
    launches: false,
    examples: [{ command: 'hwbkpt demo', meaning: 'see it work' }],
    load: async () => (await import('./commands/demo.js')).runDemo,
  },
];
