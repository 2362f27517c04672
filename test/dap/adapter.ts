// An adapter under test, as an editor uses it: its own process, driven by @vscode/debugadapter-testsupport over TCP or standard streams.
import type { SpawnOptions } from 'node:child_process';
import { DebugClient } from '@vscode/debugadapter-testsupport';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { RunningHwbkpt } from '../helpers/run-hwbkpt.js';

const PATIENCE_MS = 15_000;

type Stopped = DebugProtocol.StoppedEvent['body'];

/** A conversation with an adapter. Hold it with `await using`. */
export class Adapter implements AsyncDisposable {
  readonly client: DebugClient;
  /** All events so far. */
  readonly events: DebugProtocol.Event[] = [];
  readonly #server: RunningHwbkpt | null;
  readonly #waiting = new Set<() => void>();
  #stopsTaken = 0;
  #isOver = false;

  private constructor(client: DebugClient, server: RunningHwbkpt | null) {
    this.client = client;
    this.#server = server;
    client.defaultTimeout = PATIENCE_MS;
    for (const name of ['initialized', 'stopped', 'continued', 'exited', 'terminated', 'thread', 'output', 'breakpoint', 'process'])
      client.on(name, (event: DebugProtocol.Event) => {
        this.events.push(event);
        for (const look of [...this.#waiting]) look();
      });
  }

  /** `hwbkpt dap` on a port of its own. */
  static async start(): Promise<Adapter> {
    const server = new RunningHwbkpt(['dap', '--port', '0']);
    const line = await server.stderr.waitForLine(/listening on 127\.0\.0\.1:\d+/);
    const client = new DebugClient('', '', 'hwbkpt');
    await client.start(Number(/:(\d+)$/.exec(line)?.[1]));
    return new Adapter(client, server);
  }

  /** Another adapter, on standard streams. */
  static async spawn(command: string, argument: string, options: SpawnOptions = {}): Promise<Adapter> {
    const client = new DebugClient(command, argument, 'other', options);
    await client.start();
    return new Adapter(client, null);
  }

  /** The answer's body. Rejects with what the adapter says where it refuses. */
  async request<T = Record<string, unknown>>(command: string, args: object = {}): Promise<T> {
    const response: DebugProtocol.Response = await this.client.customRequest(command, args);
    return response.body as T;
  }

  /** What the adapter says against a request. Throws where it does not refuse. */
  async refusal(command: string, args: object = {}): Promise<string> {
    try {
      await this.client.customRequest(command, args);
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error(`${command} was not refused`);
  }

  /** initialize, and launch or attach, up to the moment when breakpoints can be set. */
  async begin(how: 'launch' | 'attach', args: object): Promise<void> {
    await this.request('initialize', { adapterID: 'test', linesStartAt1: true, columnsStartAt1: true, pathFormat: 'path' });
    // Some answer a launch only when the program runs.
    const begun = this.request(how, args);
    await Promise.race([this.event('initialized'), begun.then(() => this.event('initialized'))]);
  }

  /** The first event of this name for which `matches` holds, past or to come. */
  async event(name: string, matches: (body: Record<string, unknown>) => boolean = () => true): Promise<Record<string, unknown>> {
    return await this.#wait(`event ${name}`, () => {
      const found = this.events.find((event) => event.event === name && matches(event.body ?? {}));
      return found === undefined ? undefined : (found.body ?? {});
    });
  }

  /** The next stop: each is given once; those of threads that stopped at the same time are left out. */
  async stopped(): Promise<Stopped> {
    const isFirst = ({ event, body }: DebugProtocol.Event): boolean => event === 'stopped' && (body as Stopped).preserveFocusHint !== true;
    const body = await this.#wait('a stop', () => this.events.filter(isFirst)[this.#stopsTaken]?.body as Stopped);
    this.#stopsTaken++;
    return body;
  }

  /** All that was printed in a category. */
  printed(category: string): string {
    const bodies = this.events.filter(({ event }) => event === 'output').map(({ body }) => body as DebugProtocol.OutputEvent['body']);
    return bodies
      .filter((body) => body.category === category)
      .map(({ output }) => output)
      .join('');
  }

  async frames(threadId: number): Promise<DebugProtocol.StackFrame[]> {
    return (await this.request<DebugProtocol.StackTraceResponse['body']>('stackTrace', { threadId })).stackFrames;
  }

  /** `function:line` of the innermost frames. */
  async places(threadId: number, most: number): Promise<string[]> {
    return (await this.frames(threadId)).slice(0, most).map(({ name, line }) => `${name.replace(/\(.*/, '')}:${line}`);
  }

  /** The variables of a frame's scope, by name. */
  async scope(frameId: number, name: RegExp): Promise<Map<string, DebugProtocol.Variable>> {
    const { scopes } = await this.request<DebugProtocol.ScopesResponse['body']>('scopes', { frameId });
    const found = scopes.find((scope) => name.test(scope.name));
    return found === undefined ? new Map() : await this.parts(found.variablesReference);
  }

  async parts(variablesReference: number, page: object = {}): Promise<Map<string, DebugProtocol.Variable>> {
    const { variables } = await this.request<DebugProtocol.VariablesResponse['body']>('variables', { variablesReference, ...page });
    return new Map(variables.map((variable) => [variable.name, variable]));
  }

  /** Ends the adapter itself; the conversation is over then. */
  async kill(name: NodeJS.Signals): Promise<void> {
    this.#server?.signal(name);
    await this.#server?.finished;
    this.#isOver = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOver) await this.client.stop().catch(() => undefined);
    await this.#server?.[Symbol.asyncDispose]();
  }

  #wait<T>(what: string, find: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`${what} did not come; there was:\n${this.events.map((event) => JSON.stringify(event)).join('\n')}`));
      }, PATIENCE_MS);
      const look = (): void => {
        const found = find();
        if (found === undefined) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(found);
      };
      this.#waiting.add(look);
      look();
    });
  }
}
