// Fires every breakpoint slot of an engine on memory of this process, because a register that takes a value need not fire
// (some hypervisors, WSL 1): "armed" is only believed when it was seen to hit.
import { MemoryReader } from '../linux/process-memory.js';
import { SelfTestMemory } from '../linux/self-test-memory.js';
import type { Access } from '../model/access.js';
import type { Engine, EngineSession, EngineSink, Piece } from './contract.js';

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

/** Runs the test on `engine`. Never throws: what fails is a result. */
export async function selfTest(engine: Engine): Promise<SelfTest> {
  const { name, slots, kernelWrites } = engine.capabilities;
  const checks: CheckResult[] = [];
  using memory = new SelfTestMemory();
  const fired = await withSession(engine, (session) => fireAll(session, memory, slots));
  for (let slot = 0; slot < slots; slot++) {
    const works = typeof fired !== 'string' && fired.has(slot);
    const problem = typeof fired === 'string' ? fired : 'armed, but a write to it was not reported';
    checks.push({ name: `slot ${slot}: write`, works, problem: works ? null : problem });
  }
  checks.push(await check(engine, 'reads (rw)', 'readwrite', () => void memory.load(0), memory));
  if (kernelWrites) checks.push(await check(engine, 'writes by the kernel', 'write', () => kernelStore(memory), memory));
  return { engine: name, checks, slotsWorking: typeof fired === 'string' ? 0 : fired.size };
}

/** The kernel copies into our memory for process_vm_readv of ourselves. */
function kernelStore(memory: SelfTestMemory): void {
  using reader = new MemoryReader();
  reader.copyTo(process.pid, memory.addressOf(WORD), { address: memory.addressOf(0), length: WORD });
}

async function check(engine: Engine, name: string, access: Access, ...[act, memory]: [() => void, SelfTestMemory]): Promise<CheckResult> {
  const hits = await withSession(engine, (session) => {
    session.arm([{ cookie: 0, address: memory.addressOf(0), length: WORD, access }], { stackDepth: 0 });
    act();
    return collectCookies(session, [0]);
  });
  if (typeof hits === 'string') return { name, works: false, problem: hits };
  return { name, works: hits.has(0), problem: hits.has(0) ? null : 'armed, but the access was not reported' };
}

function fireAll(session: EngineSession, memory: SelfTestMemory, slots: number): Set<number> {
  const pieces = Array.from(
    { length: slots },
    (_, slot): Piece => ({ cookie: slot, address: memory.addressOf(slot * WORD), length: WORD, access: 'write' }),
  );
  session.arm(pieces, { stackDepth: 0 });
  for (let slot = 0; slot < slots; slot++) memory.store(slot * WORD, slot + 1);
  return collectCookies(
    session,
    pieces.map(({ cookie }) => cookie),
  );
}

function collectCookies(session: EngineSession, cookies: readonly number[]): Set<number> {
  session.disarm(cookies);
  const seen = new Set<number>();
  const sink: EngineSink = {
    hit: ({ cookie }) => void seen.add(cookie),
    threadStarted: () => undefined,
    threadEnded: () => undefined,
    renamed: () => undefined,
    lost: () => undefined,
  };
  session.collect(sink, true);
  return seen;
}

/** Runs `body` on a session that watches this very thread; a failure becomes its message. */
async function withSession<T>(engine: Engine, body: (session: EngineSession) => T): Promise<T | string> {
  try {
    await using session = engine.open({ pid: process.pid, tid: process.pid, inherit: 'none' });
    return body(session);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
