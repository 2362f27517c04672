// What the owner of a process has beside its target: the socket on which others find it. Costs nothing while nobody comes: the code that serves
// them is loaded for the first one.
import type { Socket } from 'node:net';
import type { Claim } from './claim.js';
import type { ShareHost } from './conversation.js';
import type { Owner } from './owner.js';

/** How many clients a process takes unless told otherwise. */
export const DEFAULT_CLIENTS = 16;

export class Sharing {
  readonly #claim: Extract<Claim, { readonly kind: 'owner' }>;
  readonly #clients: number;
  #settle: { resolve(host: ShareHost): void; reject(error: unknown): void } = { resolve: () => undefined, reject: () => undefined };
  readonly #host: Promise<ShareHost>;
  #owner: Promise<Owner> | null = null;
  #hasLeft = false;

  /** Those who come wait until {@link open} says what they join. */
  constructor(claim: Extract<Claim, { readonly kind: 'owner' }>, clients: number) {
    this.#claim = claim;
    this.#clients = clients;
    this.#host = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.#host.catch(() => undefined);
    claim.take((socket) => void this.#visit(socket));
  }

  /** From now on others can join `host`. */
  open(host: ShareHost): void {
    this.#settle.resolve(host);
  }

  async #visit(socket: Socket): Promise<void> {
    socket.on('error', () => undefined);
    this.#owner ??= import('./owner.js').then(({ Owner }) => new Owner(this.#host, this.#clients));
    const owner = await this.#owner;
    if (this.#hasLeft) socket.destroy();
    else owner.visit(socket);
  }

  /** Lets others have the process, and tells those who have joined why; resolves when they know, or after a second. */
  async leave(because: string): Promise<void> {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#claim.release();
    this.#settle.reject(new Error(because));
    if (this.#owner !== null) await (await this.#owner).leave(because);
  }
}
