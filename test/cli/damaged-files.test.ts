// Programs that run although their file is damaged: hwbkpt says what it cannot read, or goes on with the rest; it never crashes or hangs.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildFixture } from '../helpers/build-fixture.js';
import { describeWith } from '../helpers/requirement.js';
import { runHwbkpt } from '../helpers/run-hwbkpt.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(`${tmpdir()}/hwbkpt-damaged-`);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Where each section of an ELF file lies, as readelf tells. */
function sections(path: string): Map<string, { readonly offset: number; readonly size: number }> {
  const table = execFileSync('readelf', ['-SW', path], { encoding: 'utf8' });
  const rows = table.matchAll(/^ *\[ *\d+\] (\S+) +\S+ +[0-9a-f]+ ([0-9a-f]+) ([0-9a-f]+)/gm);
  return new Map(
    [...rows].map(([, name = '', offset = '', size = '']) => [
      name,
      { offset: Number.parseInt(offset, 16), size: Number.parseInt(size, 16) },
    ]),
  );
}

/** Pseudo-random numbers, always the same. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    yield state >>> 8;
  }
}

/** Ways to damage `size` bytes at `offset`. */
const DAMAGES: Readonly<Record<string, (bytes: Buffer, offset: number, size: number) => void>> = {
  zeroed: (bytes, offset, size) => void bytes.fill(0, offset, offset + size),
  'all ones': (bytes, offset, size) => void bytes.fill(0xff, offset, offset + size),
  scattered: (bytes, offset, size) => {
    const random = numbers(offset + size);
    for (let i = 0; i < 40; i++) bytes[offset + (random.next().value % size)] = random.next().value & 0xff;
  },
};

async function watchDamaged(bytes: Buffer): Promise<void> {
  const path = `${folder}/damaged`;
  rmSync(path, { force: true });
  writeFileSync(path, bytes);
  chmodSync(path, 0o755);
  const run = await runHwbkpt(['watch', 'state.players[2].hp', '--', path, '1', '10'], { timeout: 20_000 });
  // Either it is watched, or what is wrong is said; the program ran exactly in the first case.
  if (run.status === 0) expect(run.stderr).toMatch(/^hwbkpt: armed state\.players\[2\]\.hp = 0x/);
  else {
    expect(run.status).toBe(125);
    expect(run.stderr).toMatch(/^hwbkpt: .*(state|damaged)/);
    expect(run.stdout).toBe('');
  }
  expect(run.stderr).not.toMatch(/^\s+at |internal error|unexpected error/m);
}

describeWith(['perf', 'ptrace', 'command:readelf'], 'a program whose symbols or debug information are damaged', () => {
  const names = ['.debug_info', '.debug_abbrev', '.debug_line', '.debug_str', '.symtab', '.strtab', '.shstrtab'];

  test.each(names.flatMap((name) => Object.keys(DAMAGES).map((damage) => [name, damage] as const)))('%s %s', async (name, damage) => {
    const program = await buildFixture('demo/demo');
    const section = sections(program).get(name);
    if (section === undefined) throw new Error(`the fixture has no ${name}`);
    const bytes = readFileSync(program);
    DAMAGES[damage]?.(bytes, section.offset, section.size);
    await watchDamaged(bytes);
  });

  test.each([0.55, 0.7, 0.9, 0.99])('cut off at %d of its length', async (part) => {
    const program = await buildFixture('demo/demo');
    const bytes = readFileSync(program);
    const loaded = Math.min(...[...sections(program)].filter(([name]) => name.startsWith('.debug')).map(([, { offset }]) => offset));
    await watchDamaged(bytes.subarray(0, Math.max(loaded, Math.floor(bytes.length * part))));
  });

  test('a section table of nonsense', async () => {
    const bytes = readFileSync(await buildFixture('demo/demo'));
    const table = Number(bytes.readBigUInt64LE(40));
    DAMAGES['scattered']?.(bytes, table, bytes.length - table);
    await watchDamaged(bytes);
  });
});

describeWith(['gcc', 'perf'], 'debug information that is not at hand', () => {
  const cases = [
    {
      title: 'a .dwo file that is gone',
      flags: ['-gsplit-dwarf'],
      damage: (path: string) => rmSync(`${path}-main.dwo`),
      why: /in \S*main\.dwo \(split DWARF\), which was not found/,
    },
    {
      title: 'sections that are compressed in an unknown way',
      flags: ['-gz'],
      // The type in the compression header of .debug_info: 1 is zlib, 2 zstd, 9 nothing that anybody knows.
      damage: (path: string) => {
        const bytes = readFileSync(path);
        bytes.writeUInt32LE(9, sections(path).get('.debug_info')?.offset ?? 0);
        writeFileSync(path, bytes);
      },
      why: /\.debug_info is compressed in a way \(9\) that hwbkpt does not know/,
    },
  ];

  test.each(cases)('$title: an error about a name says so', async ({ flags, damage, why }) => {
    const path = `${folder}/elsewhere`;
    writeFileSync(`${folder}/main.c`, 'struct point { int x, y; } where; int main(void) { where.x = 1; return 0; }\n');
    execFileSync('gcc', ['-g', ...flags, 'main.c', '-o', path], { cwd: folder });
    damage(path);
    for (const name of ['where.x', 'nowhere']) {
      const run = await runHwbkpt(['stat', name, '--', path], { timeout: 20_000 });
      expect(run.status).toBe(125);
      expect(run.stderr).toMatch(why);
    }
    expect((await runHwbkpt(['stat', 'where', '--', path], { timeout: 20_000 })).status).toBe(0);
  });
});
