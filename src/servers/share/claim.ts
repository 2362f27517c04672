// Whose a process is: the first hwbkpt on it listens on a socket of its own, and whoever comes later finds it there. A socket that nobody listens
// on any more (its owner was killed) is replaced: by one at a time, with a lock that the kernel takes away with its holder.
import { chmodSync, linkSync, lstatSync, readdirSync, rmSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { privateFolder } from '../../session/private-folder.js';
import { startTime } from '../../session/process-start.js';

/** What came of asking for a process. */
export type Claim =
  /** It is ours; `take` gets those who connect, also those that have done so already. */
  | { readonly kind: 'owner'; take(visitor: (socket: Socket) => void): void; release(): void }
  /** Somebody has it, and is connected. */
  | { readonly kind: 'taken'; readonly socket: Socket }
  /** It cannot be shared here; `because` says why, for people. */
  | { readonly kind: 'impossible'; readonly because: string };

/** How often it is tried while others are at it, and how long (ms) it is waited between. */
const TRIES = 100;
const PAUSE = 20;

/** `$XDG_RUNTIME_DIR/hwbkpt/PID.sock`; null where there is no folder for it. */
export function socketPath(pid: number): string | null {
  const folder = privateFolder();
  return folder.path === null ? null : `${folder.path}/${pid}.sock`;
}

/** Asks for process `pid`. */
export async function claim(pid: number): Promise<Claim> {
  const path = socketPath(pid);
  if (path === null) return { kind: 'impossible', because: 'there is no folder that only this user may enter' };
  for (let round = 0; round < TRIES; round++) {
    try {
      const socket = await reach(path);
      if (socket !== null) return { kind: 'taken', socket };
      const claimed = listenAt(path) ?? (await replace(path));
      if (claimed !== null) return claimed;
    } catch (error) {
      // An owner that is just ending hangs up on whoever comes: not the last word.
      if (!(error instanceof UnreachableError))
        return { kind: 'impossible', because: error instanceof Error ? error.message : String(error) };
    }
    await pause();
  }
  return { kind: 'impossible', because: `others keep on asking for process ${pid}` };
}

/** Somebody is there, or was a moment ago, and cannot be talked to. */
class UnreachableError extends Error {}

/** What connecting fails with where nobody listens any more. */
const NOBODY: readonly (string | undefined)[] = ['ECONNREFUSED', 'ENOENT'];

/** The owner at `path`, connected; null where nobody is. Never makes anything. Rejects where it cannot be told. */
export function reach(path: string): Promise<Socket | null> {
  if (!isSocketOfOurs(path)) return Promise.resolve(null);
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // Once it is connected nobody listens here any more, and that is what is wanted.
      if (NOBODY.includes(error.code)) resolve(null);
      else reject(new UnreachableError(error.message));
    });
    socket.once('connect', () => resolve(socket));
  });
}

function isSocketOfOurs(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isSocket() === true && found.uid === process.getuid?.();
}

/** A socket without a file, which two cannot have: only for the moment in which a stale socket is replaced. */
function locked(path: string): Promise<Server | null> {
  return new Promise((resolve) => {
    const lock = createServer((socket) => socket.destroy());
    lock.once('error', () => resolve(null));
    lock.listen(`\0hwbkpt ${process.getuid?.()} ${path}`, () => resolve(lock));
  });
}

/** Takes the place of a socket on which nobody listens. Null where others are at it. */
async function replace(path: string): Promise<Claim | null> {
  const lock = await locked(path);
  if (lock === null) return null;
  try {
    const other = await reach(path);
    if (other !== null) return { kind: 'taken', socket: other };
    rmSync(path, { force: true });
    return listenAt(path);
  } finally {
    lock.close();
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE));
}

let made = 0;

/** Null where there is something already: of two that make it at once one succeeds. Nobody sees it before it listens. */
function listenAt(path: string): Claim | null {
  const early: Socket[] = [];
  let visitor: ((socket: Socket) => void) | null = null;
  const server = createServer((socket) => {
    if (visitor === null) early.push(socket);
    else visitor(socket);
  });
  // Node takes away what it has made, by this name, whoever has made something there meanwhile.
  const own = `${path}.${process.pid}.${made++}`;
  listenNow(server, own);
  chmodSync(own, 0o600);
  const { ino } = lstatSync(own);
  const isFirst = linked(own, path);
  unlinkSync(own);
  if (!isFirst) {
    server.close();
    return null;
  }
  // Nobody waits for us to end.
  server.unref();
  return {
    kind: 'owner',
    take(next) {
      visitor = next;
      for (const socket of early.splice(0)) next(socket);
    },
    release() {
      server.close();
      if (lstatSync(path, { throwIfNoEntry: false })?.ino === ino) unlinkSync(path);
      forgetEnded(dirname(path));
      for (const socket of early.splice(0)) socket.destroy();
    },
  };
}

/** At once: whoever starts a program lets it wait for as little as can be. */
function listenNow(server: Server, path: string): void {
  // What is wrong is told later, when nobody waits for it.
  server.on('error', () => undefined);
  server.listen(path);
  if (!server.listening) throw new Error(`cannot listen on ${path}`);
}

/** False where something has that name already. */
function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Sockets of processes that have ended help nobody; their owners were killed, or they would have taken them away. */
function forgetEnded(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = /^(\d+)\.sock\b/.exec(name)?.[1];
    if (pid !== undefined && startTime(Number(pid)) === null) rmSync(`${folder}/${name}`, { force: true });
  }
}
