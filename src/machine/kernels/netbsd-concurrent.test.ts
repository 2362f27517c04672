// NetBSD's tests of several LWPs that meet breakpoints, watchpoints and signals at the same time (t_ptrace_wait.c, T-NB-12).
import { expect, test } from 'vitest';
import { A, at, EXIT, NOP, raise, Stage, store, trap } from '../../../test/machine/stage.js';
import type { Instruction } from '../program.js';
import { NETBSD } from './netbsd.js';

type Kind = 'bp' | 'wp' | 'sig';
/** What becomes of the signal that an LWP sends itself: the tracer discards it, or passes it to a process that ignores or handles it. */
type Fate = 'discarded' | 'ignored' | 'handled';

interface Lwp {
  readonly tid: number;
  readonly kind: Kind;
}

/** LWPs of each kind, on two CPUs. */
const EACH = 3;
const SIGNAL = 'SIGUSR1';
const START: Readonly<Record<Kind, number>> = { bp: 2, wp: 5, sig: 7 };
const FUNCTION = at(3);
const HANDLER = at(9);

function program(fate: Fate): readonly Instruction[] {
  const action = fate === 'handled' ? 'handler' : fate === 'ignored' ? 'ignore' : 'default';
  return [
    ...([{ op: 'syscall', call: { name: 'sigaction', signal: SIGNAL, action, handler: HANDLER } }, raise()] as const),
    ...[NOP, NOP, EXIT],
    ...[store(A, 4), EXIT],
    ...[raise(SIGNAL), EXIT],
    { op: 'syscall', call: { name: 'sigreturn' } },
  ];
}

/** One LWP of the process: dispositions are the process's, of which the machine gives each LWP a copy. */
function addLwp(stage: Stage, kind: Kind, kinds: readonly Kind[]): Lwp {
  const { signals, pid } = stage.thread(0);
  const { tid } = stage.machine.addThread(pid, at(START[kind]));
  stage.thread(tid).signals.handlers = signals.handlers;
  stage.thread(tid).signals.ignored = signals.ignored;
  stage.tracer.attach(tid);
  if (kinds.includes('bp')) stage.tracer.setSlot(tid, 0, { address: FUNCTION, length: 1, access: 'execute' });
  if (kinds.includes('wp')) stage.tracer.setSlot(tid, 1, { address: A, length: 4, access: 'write' });
  stage.tracer.continue(tid);
  return { tid, kind };
}

/** Both CPUs change their LWP after every instruction. The tracer's reports, in the order in which they came. */
function runAll(stage: Stage, lwps: readonly Lwp[], fate: Fate): Lwp[] {
  const seen: Lwp[] = [];
  for (let turn = 0; turn < 1000; turn++) {
    const cpu = turn % 2;
    const ready = lwps.filter(({ tid }) => stage.thread(tid).status === 'ready' && stage.cpu(1 - cpu).thread !== tid);
    const next = ready[turn % ready.length];
    if (next !== undefined) stage.machine.switch(cpu, next.tid);
    stage.machine.step(cpu);
    for (const { tid } of lwps) if (stage.thread(tid).trace.stop !== null) seen.push({ tid, kind: report(stage, tid, fate) });
  }
  return seen;
}

function report(stage: Stage, tid: number, fate: Fate): Kind {
  const { stop } = stage.thread(tid).trace;
  if (stop?.why === 'signal' && stop.signal === SIGNAL) {
    stage.tracer.continue(tid, fate === 'discarded' ? null : SIGNAL);
    return 'sig';
  }
  expect(stop).toMatchObject(trap('TRAP_DBREG'));
  const dr6 = stage.tracer.peek(tid, 6);
  const bits = dr6.ok ? dr6.value : 0n;
  expect(bits & 3n).not.toBe(0n);
  const kind = (bits & 1n) !== 0n ? 'bp' : 'wp';
  stage.tracer.poke(tid, 6, bits & ~(kind === 'bp' ? 1n : 2n));
  // Past the breakpoint only without it.
  if (kind === 'bp') stage.tracer.setSlot(tid, 0, null);
  stage.tracer.continue(tid);
  return kind;
}

const FATES = [
  { fate: 'discarded', suffix: '' },
  { fate: 'ignored', suffix: '_sig_ign' },
  { fate: 'handled', suffix: '_handler' },
] as const;
const TESTS: readonly { readonly name: string; readonly kinds: readonly Kind[]; readonly fate: Fate }[] = [
  { name: 'breakpoints', kinds: ['bp'], fate: 'discarded' },
  { name: 'watchpoints', kinds: ['wp'], fate: 'discarded' },
  { name: 'bp_wp', kinds: ['bp', 'wp'], fate: 'discarded' },
  ...FATES.flatMap(({ fate, suffix }) => [
    { name: `bp_sig${suffix}`, kinds: ['bp', 'sig'] as const, fate },
    { name: `wp_sig${suffix}`, kinds: ['wp', 'sig'] as const, fate },
    { name: `bp_wp_sig${suffix}`, kinds: ['bp', 'wp', 'sig'] as const, fate },
  ]),
];

test.each(TESTS)('T-NB-12: thread_concurrent_$name', ({ kinds, fate }) => {
  const stage = new Stage(NETBSD, program(fate), { cpus: 2 });
  stage.go(stage.traced());
  const lwps = Array.from({ length: EACH }, () => kinds.map((kind) => addLwp(stage, kind, kinds))).flat();
  const seen = runAll(stage, lwps, fate);
  expect(seen.toSorted((a, b) => a.tid - b.tid)).toEqual(lwps);
  for (const { tid } of lwps) expect(stage.thread(tid)).toMatchObject({ status: 'exited', exitStatus: 5, killedBy: null });
});

test('T-NB-12: they are 12', () => {
  expect(TESTS).toHaveLength(12);
});
