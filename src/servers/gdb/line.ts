// The bytes of one connection: how they are sent, and whether more are looked for before the server sleeps.
import type { Duplex } from 'node:stream';

export interface Line {
  /** Sends after what was sent before; does nothing where the other side has gone. */
  write(bytes: Uint8Array): void;
  /** What comes in the next moment, and is not told by the stream's `data` then; null: nothing. Good until the next call. */
  look(): Uint8Array | null;
}

/** As Node does it: it sleeps until something comes. */
export function plainLine(stream: Duplex): Line {
  return {
    write: (bytes) => {
      if (stream.writable) stream.write(bytes);
    },
    look: () => null,
  };
}
