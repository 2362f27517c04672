// The programs of debug sessions: launched with pipes for what they write, or attached to; a process that another hwbkpt holds is shared with it.
import { closeSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { resolve } from 'node:path';
import { openPipe } from '../../linux/spawn.js';
import type { AttachRequest, LaunchRequest, OpenedTarget, OutputListener, TargetRequest } from '../../servers/dap/open-target.js';
import { attachShared, type Client, launchShared, type SharedTarget } from '../../session/debug/index.js';
import type { Surroundings } from '../../session/index.js';

/** See OpenTarget. */
export async function openProcess(request: TargetRequest, output: OutputListener): Promise<OpenedTarget> {
  return request.kind === 'attach' ? await attached(request) : await launched(request, output);
}

async function attached({ pid, inherit, engine }: AttachRequest): Promise<OpenedTarget> {
  const shared = await attachShared(pid, { inherit, ...(engine === null ? {} : { engine }) });
  return { client: joined(shared), outputEnded: Promise.resolve() };
}

async function launched(request: LaunchRequest, output: OutputListener): Promise<OpenedTarget> {
  const { inherit, engine } = request;
  using pipes = new ProgramPipes(output);
  const options = { inherit, surroundings: pipes.surroundings(request), ...(engine === null ? {} : { engine }) };
  const shared = await launchShared(commandOf(request), options);
  return { client: joined(shared), outputEnded: pipes.listen() };
}

function joined(shared: SharedTarget): Client {
  return shared.join({ name: 'dap', role: 'controls' });
}

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
