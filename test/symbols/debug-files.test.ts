// Debug files apart from the stripped files that they belong to: where they are found, and what is refused.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { type ModuleFile, openModuleFile } from '../../src/symbols/live/module-file.js';
import { describeWith } from '../helpers/requirement.js';
import { scratchFolder } from './dwarf-tools.js';
import { SHARED_SOURCE } from './shared-source.js';

const folder = scratchFolder();
const at = (name: string) => join(folder, name);
const build = (command: string, ...args: readonly string[]) => execFileSync(command, args, { cwd: folder, stdio: 'pipe' });

describeWith(['gcc', 'command:objcopy', 'command:strip'], 'separate debug files', () => {
  /** Where a file's build-id leads. */
  const debugPath = (directory: string, buildId: string) => join(directory, '.build-id', buildId.slice(0, 2), `${buildId.slice(2)}.debug`);

  function open(path: string): ModuleFile {
    return openModuleFile(path, { directories: [at('debug')] });
  }

  /** A stripped library in a folder of its own, and its debug file beside it. */
  function separate(flags: readonly string[]): { library: string; debug: string } {
    const own = mkdtempSync(join(folder, 'separate-'));
    const library = join(own, 'lib.so');
    const debug = join(own, 'lib.so.debug');
    writeFileSync(join(own, 'shared.c'), SHARED_SOURCE);
    build('gcc', '-g', '-shared', '-fPIC', ...flags, '-o', library, join(own, 'shared.c'));
    build('objcopy', '--only-keep-debug', library, debug);
    build('strip', library);
    build('objcopy', `--add-gnu-debuglink=${debug}`, library);
    return { library, debug };
  }

  function knows(file: ModuleFile): boolean {
    return file.level === 'debug-info' && file.variables('calls').length === 1 && file.symbols('calls').length === 1;
  }

  test('by .gnu_debuglink: beside the file, in .debug, and below the debug directories', () => {
    const { library, debug } = separate([]);
    using beside = open(library);
    expect(knows(beside)).toBe(true);
    expect(beside.debugPath).toBe(debug);
    for (const folderName of [join(dirname(library), '.debug'), at('debug') + dirname(library)]) {
      mkdirSync(folderName, { recursive: true });
      execFileSync('mv', [existsSync(debug) ? debug : join(dirname(library), '.debug', 'lib.so.debug'), folderName]);
      using file = open(library);
      expect(knows(file), folderName).toBe(true);
      expect(file.debugPath).toBe(join(folderName, 'lib.so.debug'));
    }
  });

  test('by build-id', () => {
    const { library, debug } = separate(['-Wl,--build-id=sha1']);
    using plain = open(library);
    const path = debugPath(at('debug'), plain.elf.buildId ?? '');
    mkdirSync(dirname(path), { recursive: true });
    execFileSync('mv', [debug, path]);
    using file = open(library);
    expect(knows(file)).toBe(true);
    expect(file.debugPath).toBe(path);
  });

  test('without build-ids the checksum decides', () => {
    const { library, debug } = separate(['-Wl,--build-id=none']);
    using right = open(library);
    expect(knows(right)).toBe(true);
    writeFileSync(debug, Buffer.concat([readFileSync(debug), Buffer.from([0])]));
    using wrong = open(library);
    expect(wrong.level).toBe('exports');
    expect(wrong.problems).toEqual([`${debug} belongs to another build`]);
  });

  test('another build is refused, and so is what is no ELF file', () => {
    const { library, debug } = separate([]);
    const other = separate(['-O2']);
    copyFileSync(other.debug, debug);
    using wrong = open(library);
    expect(wrong.level).toBe('exports');
    expect(wrong.problems).toEqual([`${debug} belongs to another build`]);
    writeFileSync(debug, 'no ELF file');
    using broken = open(library);
    expect(broken.level).toBe('exports');
    expect(broken.problems[0]).toContain('not an ELF file');
  });

  test('compressed sections are read', () => {
    for (const kind of ['zlib', 'zlib-gnu']) {
      const { library } = separate([`-gz=${kind}`]);
      using file = open(library);
      expect(knows(file), kind).toBe(true);
      expect(file.variables('calls')[0]?.type()).toMatchObject({ name: 'int', size: 4 });
    }
  });

  test('a broken compressed section is a problem, not a failure', () => {
    const { library, debug } = separate(['-gz=zlib', '-Wl,--build-id=sha1']);
    using whole = open(library);
    const info = openModuleFile(debug).elf.section('.debug_info');
    const bytes = readFileSync(debug);
    bytes.fill(0xff, (info?.offset ?? 0) + 24, (info?.offset ?? 0) + 40);
    writeFileSync(debug, bytes);
    using file = open(library);
    expect(whole.level).toBe('debug-info');
    expect(file.variables('calls')).toEqual([]);
    expect(file.problems.join()).toContain('.debug_info');
    expect(file.symbols('calls')).toHaveLength(1);
  });
});

describeWith(['gcc', 'command:objcopy', 'command:strip', 'command:dwz'], 'debug information that dwz shares between files', () => {
  test('is read through .gnu_debugaltlink, found beside the debug file, and only where it belongs', () => {
    const own = mkdtempSync(join(folder, 'dwz-'));
    const type = (name: string) =>
      `struct point { int x, y; long z[9]; struct { char name[20]; double weight; } inside; enum { RED, GREEN } colour; }; struct point ${name};\nint use_${name}(void) { return ${name}.x + ${name}.y + ${name}.colour; }`;
    const names = ['a', 'b', 'c'];
    for (const name of names) {
      writeFileSync(join(own, `${name}.c`), type(name));
      build('gcc', '-g', '-gdwarf-4', '-shared', '-fPIC', '-o', join(own, `${name}.so`), join(own, `${name}.c`));
    }
    build('dwz', '-m', join(own, 'common.dwz'), '-r', ...names.map((name) => join(own, `${name}.so`)));
    using file = openModuleFile(join(own, 'a.so'));
    expect(file.elf.debugAltLink?.path).toBe('common.dwz');
    expect(file.variables('a')[0]?.type()).toMatchObject({ kind: 'struct', name: 'struct point' });
    rmSync(join(own, 'common.dwz'));
    using lonely = openModuleFile(join(own, 'a.so'));
    lonely.variables('a')[0]?.type();
    expect(lonely.problems.join()).toContain('common.dwz');
  });
});
