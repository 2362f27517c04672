// Fires every breakpoint slot of an engine on memory of this process, because a register that takes a value need not fire
// (some hypervisors, WSL 1): "armed" is only believed when it was seen to hit.
import { MemoryReader } from '../linux/process-memory.js';
import { ownThreadId } from '../linux/procfs/process.js';
import { SelfTestMemory } from '../linux/self-test-memory.js';
import type { Access } from '../model/access.js';
import type { Engine, EngineSession } from './contract.js';
import { armDirectly, disarmDirectly, type Piece } from './direct.js';
import { ArmError } from './errors.js';
import { type StartsTargets, startsTargets } from './host/started-target.js';
import { DEAF } from './reports.js';
import { fireStarted } from './self-test-started.js';

/** What one check showed. */
export interface CheckResult {
  /** `slot 2: write`, for example. */
  readonly name: string;
  readonly works: boolean;
  /** Why not; null when it works. */
  readonly problem: string | null;
}

/** Everything the self-test found. */
export interface SelfTest {
  readonly engine: string;
  readonly checks: readonly CheckResult[];
  /** Slots that fired when all were armed together. */
  readonly slotsWorking: number;
}

const WORD = 8;
const NOT_REPORTED = 'armed, but the access was not reported';

/** Runs the test on `engine`. Never throws: what fails is a result. */
export async function selfTest(engine: Engine): Promise<SelfTest> {
  if (startsTargets(engine)) return await selfTestOfStarted(engine);
  const { name, slots, kernelWrites } = engine.capabilities;
  using memory = new SelfTestMemory();
  const fired = await fireMost(engine, memory);
  const checks: CheckResult[] = [];
  for (let slot = 0; slot < slots; slot++) checks.push(slotCheck(slot, fired));
  checks.push(await check(engine, memory, { name: 'reads (rw)', access: 'readwrite', act: () => void memory.load(0) }));
  if (kernelWrites)
    checks.push(await check(engine, memory, { name: 'writes by the kernel', access: 'write', act: () => kernelStore(memory) }));
  return { engine: name, checks, slotsWorking: fired.seen.size };
}

/** Of an engine that cannot be tried on this process. */
async function selfTestOfStarted(engine: Engine & StartsTargets): Promise<SelfTest> {
  const { name, slots } = engine.capabilities;
  const seen = await orError(() => fireStarted(engine, slots, 'write'));
  const fired = seen instanceof Error ? { armed: 0, seen: new Set<number>(), refusal: seen } : { armed: slots, seen, refusal: null };
  const reads = await orError(() => fireStarted(engine, 1, 'readwrite'));
  const problem = reads instanceof Error ? reads.message : NOT_REPORTED;
  const works = !(reads instanceof Error) && reads.has(0);
  const checks = Array.from({ length: slots }, (_, slot) => slotCheck(slot, fired));
  return {
    engine: name,
    checks: [...checks, { name: 'reads (rw)', works, problem: works ? null : problem }],
    slotsWorking: fired.seen.size,
  };
}

async function orError<T>(action: () => Promise<T>): Promise<T | Error> {
  try {
    return await action();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** What became of as many slots as could be armed together. */
interface Fired {
  readonly armed: number;
  readonly seen: ReadonlySet<number>;
  /** Why no more could be armed. */
  readonly refusal: Error | null;
}

function slotCheck(slot: number, { armed, seen, refusal }: Fired): CheckResult {
  const works = seen.has(slot);
  const problem = slot < armed ? NOT_REPORTED : (refusal?.message ?? 'not armed');
  return { name: `slot ${slot}: write`, works, problem: works ? null : problem };
}

/** All slots, or as many as nobody else has taken. */
async function fireMost(engine: Engine, memory: SelfTestMemory): Promise<Fired> {
  let refusal: Error | null = null;
  for (let armed = engine.capabilities.slots; armed > 0; armed--) {
    const count = armed;
    const seen = await withSession(engine, (session) => fireAll(session, memory, count));
    if (!(seen instanceof Error)) return { armed, seen, refusal };
    refusal ??= seen;
    if (!(seen instanceof ArmError && seen.failure === 'no-slot')) break;
  }
  return { armed: 0, seen: new Set(), refusal };
}

function fireAll(session: EngineSession, memory: SelfTestMemory, slots: number): Set<number> {
  const pieces = Array.from({ length: slots }, (_, slot) => pieceAt(memory, slot, 'write'));
  armDirectly(session, pieces);
  for (let slot = 0; slot < slots; slot++) memory.store(slot * WORD, slot + 1);
  return collectCookies(session, pieces);
}

function pieceAt(memory: SelfTestMemory, slot: number, access: Access): Piece {
  return { cookie: slot, address: memory.addressOf(slot * WORD), length: WORD, access };
}

/** One access that is to be reported. */
interface Check {
  readonly name: string;
  readonly access: Access;
  act(): void;
}

async function check(engine: Engine, memory: SelfTestMemory, { name, access, act }: Check): Promise<CheckResult> {
  const seen = await withSession(engine, (session) => {
    const pieces = [pieceAt(memory, 0, access)];
    armDirectly(session, pieces);
    act();
    return collectCookies(session, pieces);
  });
  if (seen instanceof Error) return { name, works: false, problem: seen.message };
  return { name, works: seen.has(0), problem: seen.has(0) ? null : NOT_REPORTED };
}

/** The kernel copies into our memory for process_vm_readv of ourselves. */
function kernelStore(memory: SelfTestMemory): void {
  using reader = new MemoryReader();
  reader.copyTo(process.pid, memory.addressOf(WORD), { address: memory.addressOf(0), length: WORD });
}

function collectCookies(session: EngineSession, pieces: readonly Piece[]): Set<number> {
  disarmDirectly(
    session,
    pieces.map(({ cookie }) => cookie),
  );
  const seen = new Set<number>();
  session.collect({ ...DEAF, hit: ({ cookie }) => void seen.add(cookie) }, true);
  return seen;
}

/** Runs `body` on a session that watches this very thread, and closes it; a failure is a result. */
function withSession<T>(engine: Engine, body: (session: EngineSession) => T): Promise<T | Error> {
  return orError(async () => {
    await using session = engine.open({ pid: process.pid, tid: ownThreadId(), inherit: 'none' });
    return body(session);
  });
}
