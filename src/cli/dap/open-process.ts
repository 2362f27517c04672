// The programs of debug sessions: launched with pipes for what they write, or attached to; a process that another hwbkpt holds is shared with it.
import { closeSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { resolve } from 'node:path';
import { openPipe } from '../../linux/spawn.js';
import type { AttachRequest, LaunchRequest, OpenedTarget, OpenTarget, OutputListener } from '../../servers/dap/open-target.js';
import { DEFAULT_CLIENTS, findWay, type Sharing, shareClients, type Visitor } from '../../servers/share/index.js';
import { attachShared, launchShared, type SharedTarget } from '../../session/debug/index.js';
import type { Surroundings } from '../../session/index.js';

/** Who this is, to other commands on the same process. */
const NAME = 'dap';

/** See OpenTarget. `shares`: whether other hwbkpt commands may join, and this one may join them. */
export function processOpener(shares: boolean): OpenTarget {
  return async (request, output) =>
    request.kind === 'attach' ? await attached(request, output, shares) : await launched(request, output, shares);
}

/** What is to be said of sharing goes where the program's errors go. */
async function attached({ pid, inherit, engine }: AttachRequest, output: OutputListener, shares: boolean): Promise<OpenedTarget> {
  const open = (): Promise<SharedTarget> => attachShared(pid, { inherit, ...(engine === null ? {} : { engine }) });
  const outputEnded = Promise.resolve();
  if (!shares) return { client: (await open()).join({ name: NAME, role: 'controls' }), outputEnded, left: nothing };
  const way = await findWay(pid, {
    ...{
      role: 'controls',
      needsStops: true,
      engine: engine ?? 'auto',
      inherit: null,
      visitor: visitorOf(process.pid),
      isHandedOver: false,
      open,
    },
    host: (shared) => ({ inherit, join: (who) => shared.join(who) }),
  });
  if (way.kind === 'joined') {
    const { client } = way;
    output('stderr', `joined hwbkpt ${client.owner.pid} (${client.owner.name}), which has process ${pid}\n`);
    return { client, outputEnded, left: nothing };
  }
  const { own, sharing, because } = way;
  if (because !== null) output('stderr', `not shared: ${because}\n`);
  return { client: own.join({ name: NAME, role: 'controls' }), outputEnded, left: leaving(sharing) };
}

function visitorOf(pid: number): Visitor {
  return { name: `${NAME} ${pid}`, clients: DEFAULT_CLIENTS };
}

function leaving(sharing: Sharing | null): () => Promise<void> {
  return async () => await sharing?.leave('the editor has left');
}

async function launched(request: LaunchRequest, output: OutputListener, shares: boolean): Promise<OpenedTarget> {
  const { inherit, engine } = request;
  using pipes = new ProgramPipes(output);
  const options = { inherit, surroundings: pipes.surroundings(request), ...(engine === null ? {} : { engine }) };
  const shared = await launchShared(commandOf(request), options);
  const outputEnded = pipes.listen();
  const client = shared.join({ name: NAME, role: 'controls' });
  const { pid } = client;
  const sharing = shares ? await shareClients({ pid, inherit }, visitorOf(process.pid), (who) => shared.join(who)) : null;
  return { client, outputEnded, left: leaving(sharing) };
}

async function nothing(): Promise<void> {}

/** Editors give whole paths; one that is not is meant from where the program starts. */
function commandOf({ argv, cwd }: LaunchRequest): readonly string[] {
  const [program = '', ...rest] = argv;
  return [program.includes('/') ? resolve(cwd ?? '.', program) : program, ...rest];
}

/** The pipes of one program. Disposing closes what is only the program's. */
class ProgramPipes implements Disposable {
  readonly #output: OutputListener;
  readonly #input = openSync('/dev/null', 'r');
  readonly #stdout = openPipe();
  readonly #stderr = openPipe();
  #isHeard = false;

  constructor(output: OutputListener) {
    this.#output = output;
  }

  surroundings({ cwd, environment }: LaunchRequest): Surroundings {
    const variables = Object.entries(environment).map(([name, value]): [string, string | undefined] => [name, value ?? undefined]);
    return {
      ...{ descriptors: [], ignoredSignals: [], fileLimit: null },
      standard: [this.#input, this.#stdout.write, this.#stderr.write],
      environment: Object.fromEntries(variables),
      ...(cwd === null ? {} : { directory: cwd }),
    };
  }

  /** Begins to tell what the program writes. Resolves at its end. */
  async listen(): Promise<void> {
    this.#isHeard = true;
    await Promise.all([this.#read(this.#stdout.read, 'stdout'), this.#read(this.#stderr.read, 'stderr')]);
  }

  [Symbol.dispose](): void {
    closeSync(this.#input);
    closeSync(this.#stdout.write);
    closeSync(this.#stderr.write);
    if (this.#isHeard) return;
    closeSync(this.#stdout.read);
    closeSync(this.#stderr.read);
  }

  #read(fd: number, stream: 'stdout' | 'stderr'): Promise<void> {
    const socket = new Socket({ fd, readable: true, writable: false });
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => this.#output(stream, text));
    socket.on('error', () => undefined);
    return new Promise((done) => {
      socket.on('close', () => done());
    });
  }
}
