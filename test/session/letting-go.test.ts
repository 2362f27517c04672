// Clients of a live process and its child: one of them lets go of the child, then the other one.
import { expect, test } from 'vitest';
import { attachShared, type ClientStop, STOP_ONLY_AT_HITS } from '../../src/session/debug/index.js';
import { startFreeTarget } from '../helpers/free-target.js';
import { describeWith } from '../helpers/requirement.js';
import { Listener } from './listener.js';

interface Run {
  readonly stdout: string;
  /** New values of the hits that stopped threads, by client, of the parent and of the child. */
  readonly hits: readonly { readonly parent: unknown[]; readonly child: unknown[] }[];
}

/** Two clients stop at each write of `counter`; those that `leave` says let go of the child before its first instruction. */
async function run(leave: readonly boolean[]): Promise<Run> {
  await using target = await startFreeTarget('fork-rounds', { args: ['--rounds', '3'] });
  const shared = await attachShared(target.tracee, { inherit: 'children' });
  const clients = leave.map((_, at) => new Listener(shared.join({ name: `client ${at}`, role: 'controls' })));
  for (const [at, { client }] of clients.entries()) {
    await client.setPolicy({ ...STOP_ONLY_AT_HITS, forks: true });
    await client.watch('counter', { stop: true });
    const deal = async ({ pid, tid, cause }: ClientStop): Promise<void> => {
      if (cause.kind === 'born' && leave[at] === true) await client.detach(pid);
      else await client.resume([tid]);
    };
    (clients[at] as Listener).onStop = (stop) => void deal(stop);
  }
  target.go();
  const { stdout } = await target.finishedWithin(20_000);
  for (const client of clients) {
    await client.event('closed');
    await client[Symbol.asyncDispose]();
  }
  const hits = clients.map(({ stops }) => {
    const of = (isParent: boolean): unknown[] =>
      stops.flatMap(({ pid, cause }) =>
        cause.kind === 'hit' && (pid === target.tracee) === isParent ? cause.hits.map(({ hit }) => hit.newValue) : [],
      );
    return { parent: of(true), child: of(false) };
  });
  return { stdout, hits };
}

const PARENT = ['100', '200', '300'];
const CHILD = ['1000', '2000', '3000'];

describeWith(['perf', 'gcc'], 'a child that a client lets go of', () => {
  test('is the other one’s still', async () => {
    const { stdout, hits } = await run([true, false]);
    expect(hits).toEqual([
      { parent: PARENT, child: [] },
      { parent: PARENT, child: CHILD },
    ]);
    expect(stdout).toMatch(/child counter 3000 traced 1\nparent counter 300 traced 1\n$/);
  });

  test('is not traced any more when both have', async () => {
    const { stdout, hits } = await run([true, true]);
    expect(hits).toEqual([
      { parent: PARENT, child: [] },
      { parent: PARENT, child: [] },
    ]);
    expect(stdout).toMatch(/child counter 3000 traced 0\nparent counter 300 traced 1\n$/);
  });
});
