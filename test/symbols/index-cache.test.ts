// The kept index of large files: what it answers is what a walk answers, whatever is wrong with it makes it be made again, and two
// processes do not disturb each other.
import { spawn } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { IndexPart, IndexStore } from '../../src/symbols/dwarf/index-store.js';
import { openDwarf } from '../../src/symbols/dwarf/open.js';
import { dwarfSections } from '../../src/symbols/live/dwarf-sections.js';
import { cacheFolder, indexCache } from '../../src/symbols/live/index-cache.js';
import { REPOSITORY } from '../helpers/paths.js';
import { describeWith } from '../helpers/requirement.js';
import { openFile } from './dwarf-tools.js';

const scratch = mkdtempSync(join(tmpdir(), 'hwbkpt-index-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const FILE = { buildId: 'abcdef0123', alternateId: '', size: 12_345 };
const CONTENT = Uint8Array.from({ length: 1000 }, (_, i) => i * 7);

let folder = '';
let made = 0;
beforeEach(() => {
  folder = join(scratch, `cache${made++}`);
  mkdirSync(folder, { mode: 0o700 });
});

function cache(file = FILE): IndexStore {
  const store = indexCache(file, folder);
  if (store === null) throw new Error('no cache');
  return store;
}

function onlyFile(): string {
  const [name, ...others] = readdirSync(folder);
  expect(others).toEqual([]);
  return join(folder, name ?? '');
}

describe('the cache folder', () => {
  test('gives back what was saved, on an address that numbers can be read from, and to nobody else', () => {
    cache().save('variables', CONTENT);
    const loaded = cache().load('variables');
    expect(loaded).toEqual(Buffer.from(CONTENT));
    expect((loaded?.byteOffset ?? 1) % 8).toBe(0);
    expect(lstatSync(onlyFile()).mode & 0o7777).toBe(0o600);
  });

  test('is empty for another build, size, alternate file or part', () => {
    cache().save('variables', CONTENT);
    expect(cache().load('types')).toBeNull();
    for (const other of [{ buildId: 'abcdef0124' }, { size: 12_346 }, { alternateId: '99' }]) {
      expect(cache({ ...FILE, ...other }).load('variables')).toBeNull();
    }
    // One file under the name of another is not believed either.
    renameSync(onlyFile(), join(folder, 'abcdef0124.variables'));
    expect(cache({ ...FILE, buildId: 'abcdef0124' }).load('variables')).toBeNull();
  });

  test('every changed byte and every cut is noticed', () => {
    cache().save('variables', CONTENT.subarray(0, 40));
    const path = onlyFile();
    const whole = readFileSync(path);
    for (let at = 0; at < whole.length; at++) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 0x10;
      writeFileSync(path, damaged);
      expect(cache().load('variables'), `byte ${at}`).toBeNull();
      writeFileSync(path, whole.subarray(0, at));
      expect(cache().load('variables'), `cut at ${at}`).toBeNull();
    }
    cache().save('variables', CONTENT);
    expect(cache().load('variables')).toEqual(Buffer.from(CONTENT));
  });

  test('what others may write, links and folders are not read', () => {
    cache().save('variables', CONTENT);
    const path = onlyFile();
    chmodSync(path, 0o620);
    expect(cache().load('variables')).toBeNull();
    chmodSync(path, 0o600);
    renameSync(path, `${path}.real`);
    symlinkSync(`${path}.real`, path);
    expect(cache().load('variables')).toBeNull();
    rmSync(path);
    mkdirSync(path);
    expect(cache().load('variables')).toBeNull();
    // Nothing can be saved over a folder, which is no error.
    expect(() => cache().save('variables', CONTENT)).not.toThrow();
  });

  test('an open file stays what it was when another process saves', () => {
    cache().save('variables', CONTENT);
    const path = onlyFile();
    linkSync(path, join(scratch, 'kept'));
    cache().save('variables', CONTENT.subarray(1));
    expect(readFileSync(join(scratch, 'kept')).subarray(-CONTENT.length)).toEqual(Buffer.from(CONTENT));
    expect(cache().load('variables')).toEqual(Buffer.from(CONTENT.subarray(1)));
  });

  test('keeps at most 64 files, the newest', () => {
    for (let i = 0; i < 70; i++) cache({ ...FILE, buildId: `ab${1000 + i}` }).save('variables', CONTENT);
    expect(readdirSync(folder)).toHaveLength(64);
    expect(cache({ ...FILE, buildId: 'ab1069' }).load('variables')).not.toBeNull();
  });

  test('two processes that save and load at once always read something whole', { timeout: 60_000 }, async () => {
    const module_ = pathToFileURL(join(REPOSITORY, 'dist/symbols/live/index-cache.js')).href;
    const script = `
      const { indexCache } = await import(${JSON.stringify(module_)});
      const store = indexCache({ buildId: 'ab', alternateId: '', size: 1 }, process.argv[1]);
      let bad = 0, read = 0;
      for (let i = 0; i < 300; i++) {
        store.save('types', new Uint8Array(20_000 + i).fill(i));
        const got = store.load('types');
        if (got !== null) read++;
        if (got === null || got.some((byte) => byte !== got[0]) || got.length % 256 !== (20_000 + got[0]) % 256) bad++;
      }
      console.log(JSON.stringify({ bad, read }));`;
    const runs = await Promise.all([0, 1, 2].map(() => outputOf(script, folder)));
    for (const run of runs) expect(JSON.parse(run)).toEqual({ bad: 0, read: 300 });
    expect(readdirSync(folder)).toEqual(['ab.types']);
  });
});

function outputOf(script: string, argument: string): Promise<string> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, argument], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  return new Promise((resolve, reject) => child.on('error', reject).on('close', () => resolve(text)));
}

describe('where the cache is', () => {
  afterEach(() => vi.unstubAllEnvs());

  test('in XDG_CACHE_HOME, made for the user alone', () => {
    vi.stubEnv('XDG_CACHE_HOME', join(folder, 'home'));
    expect(cacheFolder()).toBe(join(folder, 'home/hwbkpt'));
    expect(lstatSync(join(folder, 'home/hwbkpt')).mode & 0o777).toBe(0o700);
  });

  test('nowhere, where the folder cannot be made or others may write to it', () => {
    vi.stubEnv('XDG_CACHE_HOME', '/dev/null');
    expect(cacheFolder()).toBeNull();
    vi.stubEnv('XDG_CACHE_HOME', folder);
    mkdirSync(join(folder, 'hwbkpt'));
    chmodSync(join(folder, 'hwbkpt'), 0o777);
    expect(cacheFolder()).toBeNull();
  });
});

/** A store in memory, which counts. */
class MemoryStore implements IndexStore {
  readonly parts = new Map<IndexPart, Uint8Array>();
  saved = 0;

  load(part: IndexPart): Uint8Array | null {
    return this.parts.get(part) ?? null;
  }

  save(part: IndexPart, bytes: Uint8Array): void {
    this.saved++;
    this.parts.set(part, bytes);
  }
}

describeWith(['libc-debug'], 'the index of libc', () => {
  const id = openFile('/lib/x86_64-linux-gnu/libc.so.6').buildId ?? '';
  const sections = dwarfSections(openFile(`/usr/lib/debug/.build-id/${id.slice(0, 2)}/${id.slice(2)}.debug`));

  test('answers as a walk does, and is not made twice', () => {
    const store = new MemoryStore();
    const walked = openDwarf(sections, { index: store });
    const names = [...walked.variableNames()];
    expect(names.length).toBeGreaterThan(500);
    const expected = names.map((name) => described(walked.variables(name)));
    const made = store.saved;
    expect([...store.parts.keys()]).toContain('variables');
    const kept = openDwarf(sections, { index: store });
    expect([...kept.variableNames()]).toEqual(names);
    expect(names.map((name) => described(kept.variables(name)))).toEqual(expected);
    expect(store.saved).toBe(made);
    expect(kept.problems).toEqual([]);
  });

  test('is not believed where it does not fit the file, and does no harm where it lies', { timeout: 60_000 }, () => {
    const store = new MemoryStore();
    openDwarf(sections, { index: store }).variables('environ');
    const good = store.parts.get('variables') ?? new Uint8Array();
    for (const part of [good.subarray(0, 12), good.subarray(0, good.length - 4), good.subarray(0, 0)]) {
      store.parts.set('variables', Uint8Array.from(part));
      expect(openDwarf(sections, { index: store }).variables('_nl_C_locobj').length).toBeGreaterThan(0);
      expect(store.parts.get('variables')).toEqual(good);
    }
    // All units and offsets wrong, and every candidate of the same name.
    const lying = Uint8Array.from(good);
    new Uint32Array(lying.buffer, 16).forEach((_, i, words) => {
      words[i] = i < words.length / 3 ? (words[0] ?? 0) : (Math.imul(i, 2_654_435_761) >>> 0) % 3_000_000;
    });
    store.parts.set('variables', lying);
    const info = openDwarf(sections, { index: store });
    expect([...info.variableNames()].length).toBeGreaterThanOrEqual(0);
    expect(info.problems.length).toBeGreaterThan(0);
  });
});

function described(variables: ReturnType<ReturnType<typeof openDwarf>['variables']>): unknown {
  return variables.map((variable) => [variable.qualifiedName, variable.address, variable.absence, variable.file, variable.type()?.name]);
}
