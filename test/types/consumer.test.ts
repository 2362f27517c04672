// A project of somebody else compiles against the package as npm installs it: its declarations need nothing that a user does not have.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { REPOSITORY } from '../helpers/paths.js';

const OPTIONS = {
  strict: true,
  noEmit: true,
  module: 'NodeNext',
  target: 'ES2022',
  lib: ['ES2023', 'ESNext.Disposable'],
  types: [],
  // The point of it: our own declarations are checked, without @types/node and without our settings.
  skipLibCheck: false,
};
const PROGRAM = `
import { attach, HwbkptError } from 'hwbkpt';
import { newFacility, step } from 'hwbkpt/facility';
import { KERNELS, Machine } from 'hwbkpt/machine';
import { decodeDr7 } from 'hwbkpt/registers';
import { openElf } from 'hwbkpt/symbols';

export async function main(): Promise<void> {
  await using target = await attach(4711);
  const watch = await target.watch('counter', { access: 'write' });
  for await (const hit of watch) {
    const line: number | null = hit.place.line;
    if (line === 1) throw new TypeError(String(hit.newValue));
  }
}
export const parts = [decodeDr7, openElf, HwbkptError, newFacility, step, KERNELS, Machine];
`;

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(`${tmpdir()}/hwbkpt-consumer-`);
  mkdirSync(`${folder}/node_modules`);
  symlinkSync(REPOSITORY, `${folder}/node_modules/hwbkpt`);
  writeFileSync(`${folder}/package.json`, JSON.stringify({ type: 'module' }));
  writeFileSync(`${folder}/main.ts`, PROGRAM);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Compiles the project; everything the compiler says. */
function compile(options: object): string {
  const problem = inject('distProblem');
  if (problem !== null) throw new Error(problem);
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions: { ...OPTIONS, ...options }, files: ['main.ts'] }));
  return spawnSync(process.execPath, [`${REPOSITORY}/node_modules/typescript/bin/tsc`, '-p', folder], { encoding: 'utf8' }).stdout;
}

test('with module resolution of Node', () => {
  expect(compile({})).toBe('');
});

test('with module resolution of bundlers', () => {
  expect(compile({ module: 'ESNext', moduleResolution: 'Bundler' })).toBe('');
});
