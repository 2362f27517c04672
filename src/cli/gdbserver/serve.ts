// One run of `hwbkpt gdbserver`: opens the target, serves gdb and lldb, and ends when the target has, or when it is told to.
import { Duplex } from 'node:stream';
import { GdbServer, type GdbServerHost, serveStream } from '../../servers/gdb/index.js';
import type { Surroundings } from '../../session/index.js';
import { STATUS } from '../errors.js';
import { printError } from '../output/print.js';
import type { GdbServerChoice } from './options.js';
import { QuickLine } from './quick-line.js';
import { ServedProcess } from './served-process.js';

/** Resolves to the exit status: a launched program's own where it has ended. */
export async function serveGdb(choice: GdbServerChoice, surroundings: Surroundings): Promise<number> {
  await using served = await ServedProcess.open({ choice, surroundings, say });
  sayRisks(choice);
  await serve(choice, served);
  return (await served.status()) ?? STATUS.OK;
}

function sayRisks({ int3, stepBy }: GdbServerChoice): void {
  if (int3)
    say('--int3: breakpoints are written into the code; if this server is killed they stay there, and the target dies of the next one');
  if (stepBy === 'trap-flag') say('--step trap-flag: if this server is killed while a thread steps, the target dies');
}

async function serve(choice: GdbServerChoice, served: ServedProcess): Promise<void> {
  const { where, target, clients, once, int3, stepBy } = choice;
  const host: GdbServerHost = { join: (name) => served.join(name), say, lineOf: (stream) => new QuickLine(stream) };
  const options = { int3, stepBy, followsChildren: served.inherit === 'children', attached: target.kind === 'pid' };
  if (where.kind === 'stdio') {
    await serveStream(standardStream(), { name: 'gdb', options, host });
    return;
  }
  const server = await GdbServer.listen({ ...options, host: where.host, port: where.port, mostClients: clients, once }, host);
  say(`process ${served.pid}; listening on ${server.address}`);
  await untilOver(server, served.ended);
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

function standardStream(): Duplex {
  return Duplex.from({ readable: process.stdin, writable: process.stdout });
}

function say(line: string): void {
  printError(`hwbkpt: ${line}\n`);
}
