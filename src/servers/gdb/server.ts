// Listens for gdb and lldb, gives each a client of the one target, and never serves more than it may.
import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Client } from '../../session/debug/index.js';
import { CannotListenError } from '../errors.js';
import { Connection } from './connection.js';
import { type Line, plainLine } from './line.js';
import type { SessionOptions } from './session.js';

export interface GdbServerOptions extends SessionOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** How many may be connected at once. */
  readonly mostClients: number;
  /** Ends when the first one has left. */
  readonly once: boolean;
}

export interface GdbServerHost {
  /** A client for one more connection; the server leaves with it. */
  join(name: string): Client | Promise<Client>;
  /** A line for people. */
  say(line: string): void;
  /** How bytes go over a stream; {@link plainLine} where it is not said. */
  lineOf?(stream: Duplex): Line;
}

/** A server that listens. */
export class GdbServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #options: GdbServerOptions;
  readonly #host: GdbServerHost;
  readonly #sockets = new Set<Socket>();
  readonly #connections = new Set<Promise<void>>();
  #count = 0;
  /** Over when the last one has left. */
  #isLast = false;
  #settle: () => void = () => undefined;
  /** Resolves when nobody is served any more: with `once` after the first one, or after {@link Symbol.asyncDispose}. */
  readonly finished: Promise<void>;

  private constructor(server: Server, options: GdbServerOptions, host: GdbServerHost) {
    this.#server = server;
    this.#options = options;
    this.#host = host;
    this.finished = new Promise((resolve) => {
      this.#settle = resolve;
    });
    server.on('connection', (socket) => this.#connected(socket));
  }

  /** Throws CannotListenError. */
  static async listen(options: GdbServerOptions, host: GdbServerHost): Promise<GdbServer> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: options.host, port: options.port }, resolve);
    }).catch((error: unknown) => {
      throw new CannotListenError(`${options.host}:${options.port}`, error);
    });
    return new GdbServer(server, options, host);
  }

  /** `127.0.0.1:4711`. */
  get address(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') return String(address);
    return `${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
  }

  #connected(socket: Socket): void {
    const from = `${socket.remoteAddress ?? '?'}:${socket.remotePort ?? '?'}`;
    socket.on('error', () => socket.destroy());
    if (this.#sockets.size >= this.#options.mostClients) {
      this.#host.say(`${from} turned away: ${this.#options.mostClients} connected already (--clients)`);
      socket.destroy();
      return;
    }
    socket.setNoDelay(true);
    this.#sockets.add(socket);
    const serving = this.#serve(socket, from).catch((error: unknown) => this.#host.say(`${from}: ${textOf(error)}`));
    this.#connections.add(serving);
    void serving.then(() => this.#left(socket, serving));
  }

  async #serve(socket: Socket, from: string): Promise<void> {
    this.#count++;
    this.#host.say(`${from} connected`);
    await serveStream(socket, { name: `gdb ${this.#count}`, options: this.#options, host: this.#host });
    this.#host.say(`${from} left`);
  }

  #left(socket: Socket, serving: Promise<void>): void {
    socket.destroy();
    this.#sockets.delete(socket);
    this.#connections.delete(serving);
    this.#isLast ||= this.#options.once;
    this.#endIfOver();
  }

  /** The target has ended: those who are connected may stay, and then it is over. */
  refuseOthers(): void {
    this.#server.close();
    this.#isLast = true;
    this.#endIfOver();
  }

  #endIfOver(): void {
    if (this.#isLast && this.#sockets.size === 0) void this[Symbol.asyncDispose]();
  }

  /** Lets go of everybody. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(this.#connections);
    this.#settle();
  }
}

export interface StreamParts {
  readonly name: string;
  readonly options: SessionOptions;
  readonly host: GdbServerHost;
}

/** Serves whoever is at the other end of `stream` until it goes. */
export async function serveStream(stream: Duplex, { name, options, host }: StreamParts): Promise<void> {
  // Nothing is read before there is somebody to answer.
  stream.pause();
  const client = await host.join(name);
  const line = host.lineOf?.(stream) ?? plainLine(stream);
  const connection = new Connection({ stream, line, client, options, say: host.say });
  stream.resume();
  await connection.finished();
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
