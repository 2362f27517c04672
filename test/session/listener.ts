// A client, and what it was told: for tests of targets that several share.
import { vi } from 'vitest';
import type { Client, ClientEvent, ClientStop } from '../../src/session/debug/index.js';

/** How long (ms) something may take that must come. */
const PATIENCE = 20_000;

export class Listener implements AsyncDisposable {
  readonly client: Client;
  readonly events: ClientEvent[] = [];
  /** Called with each stop, once it is written down. */
  onStop: (stop: ClientStop) => void = () => undefined;

  constructor(client: Client) {
    this.client = client;
    client.onEvent((event) => {
      this.events.push(event);
      if (event.type === 'stopped') this.onStop(event.stop);
    });
  }

  get stops(): ClientStop[] {
    return this.events.flatMap((event) => (event.type === 'stopped' ? [event.stop] : []));
  }

  /** `100 hit`, ... */
  get lines(): string[] {
    return this.stops.map(({ tid, cause }) => `${tid} ${cause.kind}`);
  }

  /** New values of its log's hits. */
  get logged(): unknown[] {
    return this.events.flatMap((event) => (event.type === 'hit' ? [event.hit.newValue] : []));
  }

  /** New values of the hits in its stops. */
  get stoppedAt(): unknown[] {
    return this.stops.flatMap(({ cause }) => (cause.kind === 'hit' ? cause.hits.map(({ hit }) => hit.newValue) : []));
  }

  /** The first event of `type`, when it has come. */
  async event<T extends ClientEvent['type']>(type: T): Promise<Extract<ClientEvent, { type: T }>> {
    const find = (): ClientEvent | undefined => this.events.find((event) => event.type === type);
    await this.until(() => find() !== undefined);
    return find() as Extract<ClientEvent, { type: T }>;
  }

  /** Waits for `count` events. */
  async told(count: number): Promise<void> {
    await this.until(() => this.events.length >= count);
  }

  /** The `count`th stop, when it has come. */
  async stopped(count: number): Promise<ClientStop> {
    await this.until(() => this.stops.length >= count);
    return this.stops[count - 1] as ClientStop;
  }

  async until(condition: () => boolean): Promise<void> {
    await vi.waitFor(
      () => {
        if (!condition()) throw new Error(`told ${this.events.map((event) => event.type).join(' ')}; stops ${this.lines.join(', ')}`);
      },
      { timeout: PATIENCE, interval: 5 },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client[Symbol.asyncDispose]();
  }
}
