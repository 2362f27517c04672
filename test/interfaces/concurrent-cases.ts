// NetBSD's tests of several LWPs that meet breakpoints, watchpoints and signals at the same time (t_ptrace_wait.c, T-NB-12).
import { expect } from 'vitest';
import type { StopView } from '../../src/interfaces/host.js';
import { NETBSD } from '../../src/machine/kernels/netbsd.js';
import type { Instruction, SignalName } from '../../src/machine/program.js';
import { EXIT, NOP, raise, store, trap } from '../machine/stage.js';
import type { InterfaceCase, Places, World } from './world.js';

type Kind = 'bp' | 'wp' | 'sig';
/** What becomes of the signal that an LWP sends itself: the tracer discards it, or passes it to a process that ignores or handles it. */
type Fate = 'discarded' | 'ignored' | 'handled';

interface Lwp {
  readonly tid: number;
  readonly kind: Kind;
}

interface Concurrent {
  readonly name: string;
  readonly kinds: readonly Kind[];
  readonly fate: Fate;
}

/** LWPs of each kind. */
const EACH = 3;
const SIGNAL: SignalName = 'SIGUSR1';
const START: Readonly<Record<Kind, number>> = { bp: 2, wp: 5, sig: 7 };
const FUNCTION = 3;
const HANDLER = 9;

function program(fate: Fate, { variables: [a], at }: Places): readonly Instruction[] {
  const action = fate === 'handled' ? 'handler' : fate === 'ignored' ? 'ignore' : 'default';
  return [
    ...([{ op: 'syscall', call: { name: 'sigaction', signal: SIGNAL, action, handler: at(HANDLER) } }, raise()] as const),
    ...[NOP, NOP, EXIT],
    ...[store(a, 4), EXIT],
    ...[raise(SIGNAL), EXIT],
    { op: 'syscall', call: { name: 'sigreturn' } },
  ];
}

async function addLwp(world: World, kind: Kind, kinds: readonly Kind[]): Promise<Lwp> {
  const { tracer, variables } = world;
  const tid = await world.addThread(START[kind]);
  if (kinds.includes('bp')) tracer.setSlot(tid, 0, { address: world.at(FUNCTION), length: 1, access: 'execute' });
  if (kinds.includes('wp')) tracer.setSlot(tid, 1, { address: variables[0], length: 4, access: 'write' });
  return { tid, kind };
}

/** The tracer's reports, in the order in which they came. */
async function runAll(world: World, lwps: readonly Lwp[], fate: Fate): Promise<Lwp[]> {
  const tids = lwps.map(({ tid }) => tid);
  const seen: Lwp[] = [];
  for (const tid of tids) world.release(tid);
  for (let next = await world.nextStop(tids); next !== null; next = await world.nextStop(tids)) {
    seen.push({ tid: next.tid, kind: report(world, next, fate) });
    if (seen.length > 2 * lwps.length) break;
  }
  return seen;
}

function report(world: World, { tid, stop }: { readonly tid: number; readonly stop: StopView }, fate: Fate): Kind {
  const { tracer } = world;
  if (stop.signal === SIGNAL) {
    if (fate === 'discarded') world.release(tid);
    else world.release(tid, SIGNAL);
    return 'sig';
  }
  expect(stop).toMatchObject(trap('TRAP_DBREG'));
  const dr6 = tracer.peek(tid, 6);
  const bits = dr6.ok ? dr6.value : 0n;
  expect(bits & 3n).not.toBe(0n);
  const kind = (bits & 1n) !== 0n ? 'bp' : 'wp';
  tracer.poke(tid, 6, bits & ~(kind === 'bp' ? 1n : 2n));
  // Past the breakpoint only without it.
  if (kind === 'bp') tracer.setSlot(tid, 0, null);
  world.release(tid);
  return kind;
}

const FATES = [
  { fate: 'discarded', suffix: '' },
  { fate: 'ignored', suffix: '_sig_ign' },
  { fate: 'handled', suffix: '_handler' },
] as const;
const TESTS: readonly Concurrent[] = [
  { name: 'breakpoints', kinds: ['bp'], fate: 'discarded' },
  { name: 'watchpoints', kinds: ['wp'], fate: 'discarded' },
  { name: 'bp_wp', kinds: ['bp', 'wp'], fate: 'discarded' },
  ...FATES.flatMap(({ fate, suffix }): readonly Concurrent[] => [
    { name: `bp_sig${suffix}`, kinds: ['bp', 'sig'], fate },
    { name: `wp_sig${suffix}`, kinds: ['wp', 'sig'], fate },
    { name: `bp_wp_sig${suffix}`, kinds: ['bp', 'wp', 'sig'], fate },
  ]),
];

/** All twelve. */
export const CONCURRENT_CASES: readonly InterfaceCase[] = TESTS.map(({ name, kinds, fate }) => ({
  title: `T-NB-12: thread_concurrent_${name}`,
  liveDiffers: null,
  check: async (start) => {
    await using world = await start(NETBSD, (places) => program(fate, places));
    expect(await world.go(world.first)).toMatchObject({ signal: 'SIGSTOP' });
    const lwps: Lwp[] = [];
    for (let each = 0; each < EACH; each++) for (const kind of kinds) lwps.push(await addLwp(world, kind, kinds));
    const seen = await runAll(world, lwps, fate);
    expect(seen.toSorted((a, b) => a.tid - b.tid)).toEqual(lwps.toSorted((a, b) => a.tid - b.tid));
    for (const { tid } of lwps) expect(await world.endOf(tid)).toBe('good');
  },
}));
