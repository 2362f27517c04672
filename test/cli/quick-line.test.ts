// The stream to a debugger over a real socket, which Node reads and writes too: nothing twice, nothing out of order.
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { QuickLine } from '../../src/cli/gdbserver/quick-line.js';

interface Pair extends AsyncDisposable {
  readonly near: Socket;
  readonly far: Socket;
}

async function connected(): Promise<Pair> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const far = connect(address.port, '127.0.0.1');
  const [near] = (await once(server, 'connection')) as [Socket];
  server.close();
  return {
    near,
    far,
    [Symbol.asyncDispose]: async () => {
      far.destroy();
      near.destroy();
    },
  };
}

/** What came up to now, as text. */
function heard(socket: Socket): () => string {
  let text = '';
  socket.setEncoding('latin1').on('data', (more: string) => {
    text += more;
  });
  return () => text;
}

describe('a line to a debugger', () => {
  test('sends more than the kernel takes at once, in order, and what is sent meanwhile', async () => {
    await using pair = await connected();
    const line = new QuickLine(pair.near);
    const piece = (number: number) => Buffer.from(`${number};`.padStart(1 << 16, '.'));
    // Nobody reads: the kernel's buffers fill up, and the rest waits in Node.
    for (let number = 0; number < 200; number++) line.write(piece(number));
    expect(pair.near.writableLength).toBeGreaterThan(0);
    const text = heard(pair.far);
    while (text().length < 200 << 16) await once(pair.far, 'data');
    expect(text().replaceAll('.', '')).toBe(Array.from({ length: 200 }, (_, number) => `${number};`).join(''));
  });

  test('gives what it has looked for to nobody else, and leaves the rest to Node', async () => {
    await using pair = await connected();
    const line = new QuickLine(pair.near);
    const text = heard(pair.near);
    await new Promise<void>((resolve) => pair.far.write('first', () => resolve()));
    let found: Uint8Array | null = null;
    // The loopback has it before `write` is done; who looks before Node does, gets it.
    for (let looks = 0; found === null && looks < 1000; looks++) found = line.look();
    expect(Buffer.from(found ?? []).toString()).toBe('first');
    pair.far.write('second');
    await once(pair.near, 'data');
    expect(text()).toBe('second');
  });

  test('finds nothing where the other side has gone, and says nothing to it', async () => {
    await using pair = await connected();
    const line = new QuickLine(pair.near);
    pair.near.resume().on('error', () => undefined);
    pair.far.destroy();
    await once(pair.near, 'close');
    expect(line.look()).toBeNull();
    expect(() => line.write(Uint8Array.of(1))).not.toThrow();
  });
});
