// Whose a process is: one owner however many come at once, also where a socket was left behind.
import { existsSync, linkSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Claim, claim, socketPath } from '../../src/servers/share/claim.js';

const runtime = mkdtempSync(`${tmpdir()}/hwbkpt-claim-`);
beforeAll(() => {
  vi.stubEnv('XDG_RUNTIME_DIR', runtime);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(runtime, { recursive: true });
});

function pathOf(pid: number): string {
  const path = socketPath(pid);
  if (path === null) throw new Error('there is no folder');
  return path;
}

/** Lets everything go; returns how many owners there were. */
function settle(claims: readonly Claim[]): number {
  for (const one of claims) {
    if (one.kind === 'owner') one.release();
    else if (one.kind === 'taken') one.socket.destroy();
  }
  return claims.filter(({ kind }) => kind === 'owner').length;
}

/** Of how many connections an owner hears. */
function countVisitors(claims: readonly Claim[]): { count: number } {
  const visitors = { count: 0 };
  for (const one of claims)
    if (one.kind === 'owner')
      one.take((socket) => {
        visitors.count++;
        socket.destroy();
      });
  return visitors;
}

test('of many that come at once one is the owner, and the others reach it', async () => {
  const claims = await Promise.all(Array.from({ length: 20 }, () => claim(1)));
  expect(claims.map(({ kind }) => kind).filter((kind) => kind === 'impossible')).toEqual([]);
  const visitors = countVisitors(claims);
  await vi.waitFor(() => expect(visitors.count).toBe(19));
  expect(statSync(pathOf(1)).mode & 0o777).toBe(0o600);
  expect(settle(claims)).toBe(1);
  expect(existsSync(pathOf(1))).toBe(false);
});

test('the same where a socket was left behind', async () => {
  const path = pathOf(2);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  // Node takes a socket away when it is closed; a killed process does not.
  linkSync(path, `${path}.kept`);
  await new Promise((resolve) => server.close(resolve));
  renameSync(`${path}.kept`, path);
  const claims = await Promise.all(Array.from({ length: 20 }, () => claim(2)));
  const visitors = countVisitors(claims);
  await vi.waitFor(() => expect(visitors.count).toBeGreaterThanOrEqual(19));
  expect(settle(claims)).toBe(1);
});

test('what is no socket is not connected to, and gives way', async () => {
  writeFileSync(pathOf(3), 'nothing');
  const claims = [await claim(3)];
  expect(settle(claims)).toBe(1);
});

test('an owner takes away only what is its own', async () => {
  const first = await claim(4);
  rmSync(pathOf(4));
  const second = await claim(4);
  expect([first.kind, second.kind]).toEqual(['owner', 'owner']);
  settle([first]);
  expect(existsSync(pathOf(4))).toBe(true);
  settle([second]);
  expect(existsSync(pathOf(4))).toBe(false);
});
