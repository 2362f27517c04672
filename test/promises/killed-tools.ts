// Tools that trace a target in every way hwbkpt has, each ready to be killed: what they do at that moment is what a test is about.
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { GdbServerProcess } from '../gdb/server.js';
import { ManagedProcess } from '../helpers/managed-process.js';
import { HWBKPT, REPOSITORY } from '../helpers/paths.js';
import type { Target } from '../helpers/target.js';

/** A tool at work. Disposing of it ends what it has started beside the tool itself. */
export interface KillableTool extends AsyncDisposable {
  /** The process that is killed. */
  readonly process: ManagedProcess;
}

/** Starts a tool on `target`, variable `shared`; resolves when it does what it is for. */
export type StartTool = (target: Target, words: readonly string[]) => Promise<KillableTool>;

const PATIENCE_MS = 60_000;

/** A node process behind `words` of another command. */
function startNode(words: readonly string[], args: readonly string[], stdin: 'ignore' | 'pipe' = 'ignore'): ManagedProcess {
  const [file = process.execPath, ...rest] = [...words, process.execPath, ...args];
  return new ManagedProcess(file, rest, { cwd: REPOSITORY, stdin });
}

function alone(process: ManagedProcess): KillableTool {
  return { process, [Symbol.asyncDispose]: () => process[Symbol.asyncDispose]() };
}

/** `watch --engine stop` that has only just been started. */
export const startedWatch: StartTool = async ({ pid }, words) =>
  alone(startNode(words, [HWBKPT, 'watch', 'shared', '--engine', 'stop', '-o', '/dev/null', '--pid', `${pid}`]));

/** The same when it is armed, and logs every hit. */
export const loggingWatch: StartTool = async (target, words) => {
  const tool = await startedWatch(target, words);
  await tool.process.stderr.waitForLine(/armed shared/, PATIENCE_MS);
  return tool;
};

/** The library: a client whose watch stops its thread, which it lets go on some milliseconds or steps later. */
const CLIENT = `
import { attachShared } from ${JSON.stringify(pathToFileURL(`${REPOSITORY}/dist/session/debug/index.js`).href)};
const [pid, steps] = process.argv.slice(-2).map(Number);
const shared = await attachShared(pid, { engine: 'stop' });
const client = shared.join({ name: 'to be killed', role: 'controls' });
const left = new Map();
client.onEvent((event) => {
  if (event.type !== 'stopped') return;
  const { tid, cause } = event.stop;
  if (cause.kind === 'hit') left.set(tid, steps);
  const more = left.get(tid) ?? 0;
  left.set(tid, more - 1);
  console.log(cause.kind);
  const goOn = () => (more > 0 ? client.step(tid) : client.resume([tid])).catch((error) => console.log(error.message));
  setTimeout(goOn, steps > 0 ? 0 : 5);
});
await client.watch('shared', { stop: true });
setInterval(() => undefined, 1000);
`;

function client(steps: number, marker: RegExp): StartTool {
  return async ({ pid }, words) => {
    const process = startNode(words, ['--input-type=module', '-e', CLIENT, '--', `${pid}`, `${steps}`]);
    await process.waitForLine(marker, PATIENCE_MS);
    return alone(process);
  };
}

/** Threads stand 5 ms for each hit. */
export const standingClient = client(0, /^hit$/);
/** After each hit they make 50 steps. */
export const steppingClient = client(50, /^step$/);

/** `hwbkpt gdbserver` with a gdb that goes from hit to hit, and makes a step at each. */
export const servedGdb: StartTool = async (target) => {
  const server = await GdbServerProcess.start('--pid', `${target.pid}`);
  const commands = ['set pagination off', 'set confirm off', `target remote ${server.address}`, 'watch shared', 'continue', 'echo go\\n'];
  const loop = "python exec(\"while True:\\n gdb.execute('continue')\\n gdb.execute('stepi')\")";
  const gdb = new ManagedProcess('gdb', ['-nx', '-batch', ...[...commands, loop].flatMap((command) => ['-ex', command]), target.program]);
  await gdb.waitForLine(/^go$/, PATIENCE_MS);
  return {
    process: server,
    async [Symbol.asyncDispose]() {
      await gdb[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
};

/** `hwbkpt dap` with an editor that goes from hit to hit. */
export const adapter: StartTool = async ({ pid }, words) => {
  const process = startNode(words, [HWBKPT, 'dap'], 'pipe');
  let seq = 0;
  const send = (command: string, args: object): void => {
    const text = JSON.stringify({ seq: ++seq, type: 'request', command, arguments: args });
    process.send(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  };
  const said = async (pattern: RegExp): Promise<string> => {
    for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline; await sleep(5)) {
      const found = pattern.exec(process.stdout.text);
      if (found !== null) return found[1] ?? found[0];
      if (!process.running) break;
    }
    throw new Error(`the adapter has not said ${pattern}: ${process.stdout.text.slice(-2000)} ${process.stderr.text}`);
  };
  send('initialize', { adapterID: 'test' });
  send('attach', { pid });
  await said(/"event":"initialized"/);
  send('dataBreakpointInfo', { name: 'shared' });
  const dataId = JSON.parse(`"${await said(/"dataId":"((?:[^"\\]|\\.)*)"/)}"`) as string;
  send('setDataBreakpoints', { breakpoints: [{ dataId, accessType: 'write' }] });
  send('configurationDone', {});
  await said(/"event":"stopped"/);
  let taken = 0;
  const timer = setInterval(() => {
    const stops = [...process.stdout.text.matchAll(/"event":"stopped","body":\{[^}]*"threadId":(\d+)/g)];
    for (const [, threadId] of stops.slice(taken))
      send(taken++ % 2 === 0 ? 'continue' : 'stepIn', { threadId: Number(threadId), granularity: 'instruction' });
  }, 5);
  return {
    process,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await process[Symbol.asyncDispose]();
    },
  };
};

/** gdb by itself, going from hit to hit: what other debuggers do to a target. */
export const plainGdb: StartTool = async ({ pid }) => {
  const loop = 'python exec("while True: gdb.execute(\'continue\')")';
  const commands = ['set pagination off', 'set confirm off', 'watch shared', 'continue', 'echo go\\n', loop];
  const gdb = new ManagedProcess('gdb', ['-nx', '-batch', '-p', `${pid}`, ...commands.flatMap((command) => ['-ex', command])]);
  await gdb.waitForLine(/^go$/, PATIENCE_MS);
  return alone(gdb);
};
