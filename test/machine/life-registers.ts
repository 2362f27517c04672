// What a CPU's debug registers must be between any two instructions, whatever has happened: the owners' own, and nobody's twice.
import { present } from '../../src/base/assert.js';
import { linearOf } from '../../src/facility/linear.js';
import { pieceOf } from '../../src/facility/state.js';
import { NOBODY, RAW } from '../../src/facility/virtual/half.js';
import { isEnabled } from '../../src/facility/virtual/registers.js';
import type { Machine } from '../../src/machine/machine.js';

/** What was broken, in words: a world throws it. */
export class Broken extends Error {
  override readonly name = 'Broken';
}

/** Looks at all CPUs. Throws Broken. */
export function checkRegisters(machine: Machine): void {
  for (const [cpu, registers] of machine.state.cpus.entries()) {
    const owners = machine.state.half.owners[cpu] ?? [];
    const used = owners.filter((owner) => owner !== NOBODY && owner !== RAW);
    if (new Set(used).size !== used.length) throw new Broken(`CPU ${cpu} has a breakpoint twice: ${owners}`);
    const thread = machine.state.threads[registers.thread];
    // What some kernels leave there on the way through the kernel meets nobody.
    if (thread?.call !== null && machine.setup.rules.loading === 'return-to-user') continue;
    for (let slot = 0; slot < 4; slot++) if (isEnabled(registers.dr7, slot)) checkSlot(machine, cpu, slot);
  }
}

/** An enabled slot holds an address that its owner asked for, and its owner is one of the thread's, or the kernel. */
function checkSlot({ state, setup }: Machine, cpu: number, slot: number): void {
  const { dr, thread: tid } = present(state.cpus[cpu], `CPU ${cpu}`);
  const address = linearOf(dr[2 * slot] ?? 0, dr[2 * slot + 1] ?? 0);
  const owner = state.half.owners[cpu]?.[slot] ?? NOBODY;
  const fail = (what: string): void => {
    throw new Broken(`slot ${slot} of CPU ${cpu}, while thread ${tid} runs, ${what}`);
  };
  if (owner === NOBODY) {
    fail('is enabled and nobody’s');
    return;
  }
  if (owner === RAW) {
    const own = state.half.threads[tid];
    if (own === undefined || linearOf(own.words[2 * slot] ?? 0, own.words[2 * slot + 1] ?? 0) !== address) fail('is not the thread’s');
    else if (!isEnabled(own.dr7Lo, slot)) fail('is not enabled by the thread');
    return;
  }
  if (setup.rules.sharing === 'charges') {
    const event = state.half.charged.find(({ id }) => id === owner);
    if (event === undefined || event.tid !== tid || event.address !== address || !event.enabled) fail('is another’s event');
    return;
  }
  const piece = pieceOf(state.half.broker, owner);
  if (piece === null) fail('is of a piece that is gone');
  else if (piece.address !== address && piece.state !== 'moving') fail('holds another address than its piece');
  else if (piece.scope.kind !== 'kernel' && !piece.tids.includes(tid)) fail('is another thread’s');
}
