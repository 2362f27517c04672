// hwbkpt dap: a debug adapter for editors, on standard input and output, or on a port of the loopback.
import { createServer, type Server, type Socket } from 'node:net';
import type { OpenTarget } from '../../servers/dap/open-target.js';
import { serveClient } from '../../servers/dap/serve.js';
import { CannotListenError } from '../../servers/errors.js';
import type { Invocation } from '../command-spec.js';
import { processOpener } from '../dap/open-process.js';
import { STATUS } from '../errors.js';
import { wholeNumber } from '../numbers.js';

/** Sessions at once on one port. */
const MOST_CLIENTS = 8;

export async function runDap({ options }: Invocation): Promise<number> {
  const port = wholeNumber(options['port'], '--port', 0);
  const open = processOpener(options['share'] !== false);
  if (port === null) await serveClient(process.stdin, process.stdout, open);
  else await serveForever(port, open);
  return STATUS.OK;
}

async function serveForever(port: number, open: OpenTarget): Promise<void> {
  const server = createServer((socket) => void serveSocket(socket, open));
  server.maxConnections = MOST_CLIENTS;
  const actual = await listen(server, port);
  process.stderr.write(`hwbkpt dap: listening on 127.0.0.1:${actual}\n`);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
  });
  server.close();
}

async function serveSocket(socket: Socket, open: OpenTarget): Promise<void> {
  socket.setNoDelay(true);
  await serveClient(socket, socket, open);
  socket.end();
}

/** Rejects with CannotListenError. */
function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new CannotListenError(`127.0.0.1:${port}`, error)));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
