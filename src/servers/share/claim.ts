// Whose a process is: the first hwbkpt on it listens on a socket of its own, and whoever comes later finds it there. A socket that nobody listens
// on any more (its owner was killed) is replaced. Two that come at once are told apart by a lock that the kernel takes away with its holder.
import { chmodSync, lstatSync, readdirSync, rmSync, unlinkSync } from 'node:fs';
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
    const socket = await reach(path);
    if (socket !== null) return { kind: 'taken', socket };
    const lock = await locked(path);
    if (lock !== null) {
      try {
        const claimed = await claimUnderLock(path);
        if (claimed !== null) return claimed;
      } catch (error) {
        return { kind: 'impossible', because: error instanceof Error ? error.message : String(error) };
      } finally {
        lock.close();
      }
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  return { kind: 'impossible', because: `others keep on asking for process ${pid}` };
}

/** The owner at `path`, connected; null where nobody is. Never makes anything. */
export function reach(path: string): Promise<Socket | null> {
  if (!isSocketOfOurs(path)) return Promise.resolve(null);
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('error', () => resolve(null));
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
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

/** Null where somebody else has come before. */
async function claimUnderLock(path: string): Promise<Claim | null> {
  const other = await reach(path);
  if (other !== null) return { kind: 'taken', socket: other };
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) unlinkSync(path);
  const early: Socket[] = [];
  let visitor: ((socket: Socket) => void) | null = null;
  const server = createServer((socket) => {
    if (visitor === null) early.push(socket);
    else visitor(socket);
  });
  if (!(await listens(server, path))) return null;
  chmodSync(path, 0o600);
  // Nobody waits for us to end.
  server.unref();
  const own = lstatSync(path).ino;
  return {
    kind: 'owner',
    take(next) {
      visitor = next;
      for (const socket of early.splice(0)) next(socket);
    },
    release() {
      server.close();
      forgetEnded(dirname(path));
      if (lstatSync(path, { throwIfNoEntry: false })?.ino === own) unlinkSync(path);
      for (const socket of early.splice(0)) socket.destroy();
    },
  };
}

/** Sockets of processes that have ended help nobody; their owners were killed, or they would have taken them away. */
function forgetEnded(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = /^(\d+)\.sock$/.exec(name)?.[1];
    if (pid !== undefined && startTime(Number(pid)) === null) rmSync(`${folder}/${name}`, { force: true });
  }
}

function listens(server: Server, path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    server.listen(path, () => resolve(true));
  });
}
