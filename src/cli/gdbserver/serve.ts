// One run of `hwbkpt gdbserver`: opens the target, serves gdb and lldb, and ends when the target has, or when it is told to.
import { openSync } from 'node:fs';
import { Duplex } from 'node:stream';
import { GdbServer, type GdbServerHost, serveStream } from '../../servers/gdb/index.js';
import { DEFAULT_CLIENTS, type Sharing, shareClients } from '../../servers/share/index.js';
import { attachShared, type Client, launchShared, type SharedTarget } from '../../session/debug/index.js';
import type { Surroundings } from '../../session/index.js';
import { STATUS } from '../errors.js';
import { printError } from '../output/print.js';
import { launchedStatus } from '../process-end.js';
import type { GdbServerChoice } from './options.js';

/** Resolves to the exit status: a launched program's own where it has ended. */
export async function serveGdb(choice: GdbServerChoice, surroundings: Surroundings): Promise<number> {
  const shared = await openTarget(choice, surroundings);
  // Keeps the target while nobody is connected.
  const keeper = shared.join({ name: 'gdbserver', role: 'watches' });
  const ended = endOf(keeper);
  const sharing = await share(choice, shared);
  try {
    sayRisks(choice);
    if (shared.target.risk !== null) say(shared.target.risk);
    await serve(choice, shared, ended.promise);
    return choice.target.kind === 'command' && ended.has() ? await launchedStatus(shared.target) : STATUS.OK;
  } finally {
    await sharing?.leave('gdbserver has ended');
    await keeper[Symbol.asyncDispose]();
  }
}

/** Lets watch, who and stat join; null where another hwbkpt has the process, or where one thread is all there is to share. */
async function share({ target, inherit }: GdbServerChoice, shared: SharedTarget): Promise<Sharing | null> {
  const { pid } = shared.target;
  if (pid === null || (target.kind === 'pid' && target.tid !== undefined)) return null;
  const visitor = { name: `gdbserver ${process.pid}`, clients: DEFAULT_CLIENTS };
  return await shareClients({ pid, inherit }, visitor, (who) => shared.join(who));
}

async function openTarget({ target, inherit, where }: GdbServerChoice, surroundings: Surroundings): Promise<SharedTarget> {
  if (target.kind === 'pid') return await attachShared(target.pid, { inherit, ...(target.tid === undefined ? {} : { tid: target.tid }) });
  // Standard input and output are the protocol's then.
  const own: Surroundings = where.kind === 'stdio' ? { ...surroundings, standard: [openSync('/dev/null', 'r'), 2, 2] } : surroundings;
  return await launchShared(target.argv, { inherit, surroundings: own });
}

function sayRisks({ int3, stepBy }: GdbServerChoice): void {
  if (int3)
    say('--int3: breakpoints are written into the code; if this server is killed they stay there, and the target dies of the next one');
  if (stepBy === 'trap-flag') say('--step trap-flag: if this server is killed while a thread steps, the target dies');
}

async function serve(choice: GdbServerChoice, shared: SharedTarget, ended: Promise<void>): Promise<void> {
  const { where, target, inherit, clients, once, int3, stepBy } = choice;
  const host: GdbServerHost = { join: (name) => shared.join({ name, role: 'controls' }), say };
  const options = { int3, stepBy, followsChildren: inherit === 'children', attached: target.kind === 'pid' };
  const pid = shared.target.pid ?? 0;
  if (where.kind === 'stdio') {
    await serveStream(standardStream(), { name: 'gdb', options, host });
    return;
  }
  const server = await GdbServer.listen({ ...options, host: where.host, port: where.port, mostClients: clients, once }, host);
  say(`process ${pid}; listening on ${server.address}`);
  await untilOver(server, ended);
}

/** Until the target has ended and all have left, the one that `--once` allows has left, or a signal comes. */
async function untilOver(server: GdbServer, ended: Promise<void>): Promise<void> {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  let stop: () => void = () => undefined;
  const told = new Promise<void>((resolve) => {
    stop = resolve;
  });
  for (const signal of signals) process.on(signal, stop);
  void ended.then(() => server.refuseOthers());
  await Promise.race([told, server.finished]);
  await server[Symbol.asyncDispose]();
  for (const signal of signals) process.off(signal, stop);
}

interface End {
  readonly promise: Promise<void>;
  has(): boolean;
}

function endOf(keeper: Client): End {
  let isOver = false;
  const promise = new Promise<void>((resolve) => {
    keeper.onEvent((event) => {
      if (event.type !== 'closed' && (event.type !== 'process-ended' || event.end.pid !== keeper.pid)) return;
      isOver = true;
      resolve();
    });
  });
  return { promise, has: () => isOver };
}

function standardStream(): Duplex {
  return Duplex.from({ readable: process.stdin, writable: process.stdout });
}

function say(line: string): void {
  printError(`hwbkpt: ${line}\n`);
}
