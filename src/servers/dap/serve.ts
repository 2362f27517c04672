// One client, from its first byte to its last: over standard streams, or a socket.
import type { Readable, Writable } from 'node:stream';
import { Connection } from './connection.js';
import { FrameReader, framed } from './framing.js';
import { newSession } from './handlers.js';
import type { OpenTarget } from './open-target.js';
import type { Session } from './session.js';

/**
 * Answers what comes from `input` on `output` until `input` ends, or what comes is no protocol; then lets go of the program. A launched program
 * whose client goes without a word is let go of too, and runs on.
 */
export async function serveClient(input: Readable, output: Writable, openTarget: OpenTarget): Promise<void> {
  const made: { session: Session | null } = { session: null };
  const connection = new Connection(
    (peer) => {
      const { session, handlers } = newSession(peer, openTarget);
      made.session = session;
      return handlers;
    },
    (message) => {
      if (output.writable) output.write(framed(message));
    },
  );
  const reader = new FrameReader({
    message: (value) => connection.handle(value),
    garbled: () => connection.event('output', { category: 'stderr', output: 'A message that is no JSON was left out.\n' }),
  });
  output.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    input.on('data', (bytes: Buffer) => {
      if (!reader.push(bytes)) resolve();
    });
    input.on('end', resolve);
    input.on('close', resolve);
    input.on('error', () => resolve());
  });
  input.pause();
  await connection.settled();
  connection.close();
  await made.session?.leave().catch(() => undefined);
}
