// 5,000 addresses each of large programs that nobody built for this test, against llvm-symbolizer: function, inlined calls, file, line.
import { execFileSync } from 'node:child_process';
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openModuleFile } from '../../src/symbols/live/module-file.js';
import { findCommand } from '../helpers/find-command.js';
import { SYMBOLIZER } from '../helpers/llvm-symbolizer.js';
import { describeWith, type Requirement } from '../helpers/requirement.js';
import { scratchFolder } from '../symbols/dwarf-tools.js';
import { compareAddresses, SAMPLE } from './addresses.js';
import { checkList } from './difference-list.js';

/** Of Debian's libstdc++6-12-dbg: the library built once more, with debug information and without optimisation. */
const LIBSTDCXX = '/usr/lib/x86_64-linux-gnu/debug/libstdc++.so.6';
const scratch = scratchFolder();

interface Program {
  readonly name: string;
  readonly needs: readonly Requirement[];
  /** Path, and what tells this build from others where the file has no build-id. */
  prepare(): { readonly path: string; readonly build: string | null };
  /** Addresses of the sample with lines, and with calls inlined, at least. */
  readonly lines: number;
  readonly inlined: number;
}

const PROGRAMS: readonly Program[] = [
  {
    name: 'libc',
    needs: ['libc-debug'],
    prepare: () => ({ path: realpathSync('/lib/x86_64-linux-gnu/libc.so.6'), build: null }),
    lines: 4800,
    inlined: 900,
  },
  {
    name: 'libstdc++',
    needs: ['libstdc++-debug'],
    prepare: () => ({ path: realpathSync(LIBSTDCXX), build: null }),
    lines: 4500,
    inlined: 150,
  },
  {
    name: 'python3.11-dbg',
    needs: ['command:python3.11-dbg'],
    prepare: () => ({ path: realpathSync(findCommand('python3.11-dbg') ?? ''), build: null }),
    lines: 4900,
    inlined: 400,
  },
  { name: 'rust', needs: ['command:rustc'], prepare: buildRust, lines: 3400, inlined: 1000 },
  { name: 'go', needs: ['command:go'], prepare: buildGo, lines: 4700, inlined: 500 },
];

for (const { name, needs, prepare, ...least } of PROGRAMS) {
  describeWith([...needs, SYMBOLIZER], `${SAMPLE} addresses of ${name}`, () => {
    test('are where llvm-symbolizer says, but for what is listed', () => {
      const { path, build } = prepare();
      using file = openModuleFile(path);
      const { count, lines, inlined, differences } = compareAddresses(file, file.debugPath ?? path);
      const { unlisted, obsolete } = checkList(name, differences, build ?? file.elf.buildId);
      expect({ unlisted, obsolete }).toEqual({ unlisted: [], obsolete: [] });
      expect(count).toBe(SAMPLE);
      expect(differences.length).toBeLessThanOrEqual(count * 0.005);
      expect(lines).toBeGreaterThan(least.lines);
      expect(inlined).toBeGreaterThan(least.inlined);
    }, 120_000);
  });
}

function version(command: string, ...args: readonly string[]): string {
  return execFileSync(command, args, { encoding: 'utf8' }).trim();
}

function buildRust(): { readonly path: string; readonly build: string } {
  const folder = join(scratch, 'rust');
  mkdirSync(folder);
  const text = 'fn main() { let all: Vec<u32> = std::env::args().map(|a| a.len() as u32).collect(); println!("{:?}", all); }\n';
  writeFileSync(join(folder, 'main.rs'), text);
  execFileSync('rustc', ['-g', '-O', 'main.rs'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  return { path: join(folder, 'main'), build: version('rustc', '--version') };
}

function buildGo(): { readonly path: string; readonly build: string } {
  const folder = join(scratch, 'go');
  mkdirSync(folder);
  writeFileSync(join(folder, 'main.go'), 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("hello") }\n');
  const env = { ...process.env, GOCACHE: join(folder, 'cache'), GOFLAGS: '', GO111MODULE: 'off', CGO_ENABLED: '0' };
  execFileSync('go', ['build', '-o', 'program', 'main.go'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  return { path: join(folder, 'program'), build: version('go', 'version') };
}
