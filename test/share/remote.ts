// Clients that join over a socket of their own, for tests: the hub at one end, the client at the other.
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import type { ShareHost } from '../../src/servers/share/conversation.js';
import { Owner } from '../../src/servers/share/owner.js';
import { type Joining, joinOver, type RemoteClient } from '../../src/servers/share/remote-client.js';
import type { ClientRole, SharedTarget } from '../../src/session/debug/index.js';
import { PID } from '../session/fake-control.js';

const START = '7';

/** The socket of one shared target. Hold it with `await using`. */
export class Listening implements AsyncDisposable {
  readonly owner: Owner;
  readonly path: string;
  readonly #folder = mkdtempSync(`${tmpdir()}/hwbkpt-remote-`);
  readonly #server = createServer((socket) => this.owner.visit(socket));

  constructor(host: ShareHost, clients: number) {
    this.path = `${this.#folder}/owner.sock`;
    this.owner = new Owner(Promise.resolve(host), clients);
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(this.path, resolve));
    return this;
  }

  /** Joins it; rejects as joinOver does. */
  join(name: string, role: ClientRole = 'controls', other: Partial<Joining> = {}): Promise<RemoteClient> {
    return joinOver(connect(this.path), { name, role, pid: PID, start: START, engine: 'auto', inherit: null, ...other });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.owner.leave('the test is over');
    this.#server.close();
    rmSync(this.#folder, { recursive: true });
  }
}

/** Lets others join `shared`. */
export function listen(shared: SharedTarget, clients = 16): Promise<Listening> {
  return new Listening({ ...hostOf(shared) }, clients).listen();
}

/** `shared` for those who join. */
export function hostOf(shared: Pick<SharedTarget, 'join'>): ShareHost {
  return { pid: PID, start: START, name: 'test', inherit: 'children', join: (who) => shared.join(who) };
}
