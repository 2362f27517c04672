// Modules of running programs: places, debug files, libraries loaded later, files deleted under the program.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LiveModule } from '../../src/symbols/live/live-module.js';
import { type ModuleFile, openModuleFile } from '../../src/symbols/live/module-file.js';
import { NoProcessImageError, ProcessImage } from '../../src/symbols/live/process-image.js';
import { ManagedProcess } from '../helpers/managed-process.js';
import { describeWith } from '../helpers/requirement.js';
import { output } from './elf-tools.js';

const PROGRAM = `#include <dlfcn.h>
#include <stdio.h>
#include <unistd.h>
int state;
__attribute__((noinline)) static int tick(int by) {
  state += by; // the line of tick
  return state;
}
extern int shared_tick(int);
int main(int argc, char **argv) {
  setvbuf(stdout, 0, _IOLBF, 0);
  printf("tick %p\\nmain %p\\nshared_tick %p\\n", (void *)tick, (void *)main, (void *)shared_tick);
  puts("ready");
  while (getchar() != EOF) {
    void *library = dlopen(argv[1], RTLD_NOW);
    printf("plugin_tick %p\\n", library ? dlsym(library, "plugin_tick") : 0);
    puts("loaded");
  }
  return tick(argc) + shared_tick(argc);
}
`;
const SHARED = `static int calls;
int shared_tick(int by) {
  calls += by; // the line of shared_tick
  return calls;
}
`;
const PLUGIN = 'long plugin_state; void plugin_tick(void) { plugin_state++; }';

let folder = '';
const at = (name: string) => join(folder, name);
const build = (command: string, ...args: readonly string[]) => execFileSync(command, args, { cwd: folder, stdio: 'pipe' });
const lineOf = (text: string, words: string) => text.split('\n').findIndex((line) => line.includes(words)) + 1;

async function running(program: string, folderOfPlugin = folder): Promise<ManagedProcess> {
  const started = new ManagedProcess(program, [join(folderOfPlugin, 'libplugin.so')], { stdin: 'pipe' });
  await started.waitForLine(/^ready$/);
  return started;
}

/** The address that the program printed behind `name`. */
function printed(target: ManagedProcess, name: string): bigint {
  return BigInt(new RegExp(`^${name} (0x[0-9a-f]+)$`, 'm').exec(target.stdout.text)?.[1] ?? 'missing');
}

function module(image: ProcessImage, name: string): LiveModule {
  const found = image.modules.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no module ${name} among ${image.modules.map((candidate) => candidate.name).join(' ')}`);
  return found;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hwbkpt-modules-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describeWith(['gcc', 'command:objcopy', 'command:strip'], 'a running program', () => {
  beforeAll(() => {
    for (const [name, text] of [
      ['program.c', PROGRAM],
      ['shared.c', SHARED],
      ['plugin.c', PLUGIN],
    ] as const)
      writeFileSync(at(name), text);
    build('gcc', '-g', '-O1', '-shared', '-fPIC', '-o', 'libshared.so', 'shared.c', '-Wl,-soname,libshared.so.1');
    symlinkSync('libshared.so', at('libshared.so.1'));
    build('gcc', '-g', '-O1', '-shared', '-fPIC', '-o', 'libplugin.so', 'plugin.c');
    build('gcc', '-g', '-O0', '-o', 'program', 'program.c', '-L.', '-lshared', '-ldl', '-Wl,-rpath,$ORIGIN');
    build('strip', '-o', 'stripped', 'program');
  });

  test('places: function, offset, file and line, module', async () => {
    await using target = await running(at('program'));
    using image = new ProcessImage(target.pid);
    const tick = printed(target, 'tick');
    expect(image.place(tick)).toMatchObject({ function: 'tick', offset: 0, line: lineOf(PROGRAM, 'static int tick'), module: 'program' });
    expect(image.place(tick).file).toMatch(/program\.c$/);
    expect(image.place(tick + 3n)).toMatchObject({ function: 'tick', offset: 3 });
    expect(image.place(printed(target, 'shared_tick') + 4n)).toMatchObject({ function: 'shared_tick', module: 'libshared.so', offset: 4 });
    expect(image.place(tick)).toBe(image.place(tick));
    expect(image.place(0x1000n)).toEqual({ function: null, file: null, line: null, module: null, offset: null });
    expect(image.place(0xffff_ffff_8100_0000n).module).toBeNull();
  });

  test('where functions start, by symbols and, stripped, by unwind tables', async () => {
    await using target = await running(at('program'));
    await using bare = await running(at('stripped'));
    using image = new ProcessImage(target.pid);
    using stripped = new ProcessImage(bare.pid);
    for (const name of ['tick', 'main', 'shared_tick']) {
      expect(image.functionStart(printed(target, name) + 5n), name).toBe(printed(target, name));
      expect(stripped.functionStart(printed(bare, name) + 5n), name).toBe(printed(bare, name));
    }
    expect(image.functionStart(0x1000n)).toBeNull();
    expect(stripped.place(printed(bare, 'tick') + 5n)).toEqual({
      function: null,
      file: null,
      line: null,
      module: 'stripped',
      offset: null,
    });
    expect([module(image, 'program').level, module(stripped, 'stripped').level]).toEqual(['debug-info', 'exports']);
  });

  test('code bytes are those in memory, and end with the mapping', async () => {
    await using target = await running(at('program'));
    using image = new ProcessImage(target.pid);
    const program = module(image, 'program');
    const code = program.ranges.find((range) => range.executable);
    if (code === undefined) throw new Error('no code is mapped');
    const fromFile = readFileSync(at('program')).subarray(code.offset, code.offset + 64);
    expect(Buffer.from(image.readCode(code.start, 64) ?? [])).toEqual(fromFile);
    expect(image.readCode(code.end - 4n, 64)).toHaveLength(4);
    expect(image.readCode(0x1000n, 16)).toBeNull();
    expect(image.isMapped(code.start)).toBe(true);
    expect(image.isMapped(0x1000n)).toBe(false);
    expect(image.moduleAt(code.start)).toBe(program);
  });

  test('order and roles: the program, its libraries, then what dlopen loaded, once it is there', async () => {
    await using target = await running(at('program'));
    using image = new ProcessImage(target.pid);
    expect(image.modules[0]?.name).toBe('program');
    expect(image.program).toBe(image.modules[0]);
    const roles = () => image.modules.map(({ name, linkScope }) => `${name.replace(/\..*/, '')} ${linkScope}`);
    expect(roles().slice(0, 1)).toEqual(['program program']);
    expect(roles()).toContain('libshared startup');
    expect(roles()).toContain('libc startup');
    expect(roles().indexOf('libshared startup')).toBeLessThan(roles().indexOf('libc startup'));
    expect(module(image, 'libshared.so').soname).toBe('libshared.so.1');
    expect(image.refresh()).toBe(false);

    const before = image.modules[0];
    target.send('x');
    await target.waitForLine(/^loaded$/);
    expect(image.refresh()).toBe(true);
    expect(roles()).toContain('libplugin later');
    expect(image.place(printed(target, 'plugin_tick'))).toMatchObject({ function: 'plugin_tick', module: 'libplugin.so' });
    expect(image.modules[0]?.file).toBe(before?.file);
  });

  test('the vdso, from memory', async () => {
    await using target = await running(at('program'));
    using image = new ProcessImage(target.pid);
    const vdso = module(image, '[vdso]');
    const [symbol] = vdso.symbols('__vdso_clock_gettime');
    expect(symbol).toMatchObject({ kind: 'function', defined: 'here' });
    expect(image.place(vdso.toVirtual(symbol?.address ?? vdso.toFile(0n)) + 2n)).toMatchObject({ module: '[vdso]', offset: 2 });
  });

  describe.skipIf(process.getuid?.() !== 0)(`files that are gone${process.getuid?.() === 0 ? '' : ' [skipped: not root]'}`, () => {
    test('a deleted program and a replaced library are read all the same', async () => {
      const own = mkdtempSync(join(folder, 'gone-'));
      for (const name of ['program', 'libshared.so.1']) copyFileSync(at(name), join(own, name));
      await using target = await running(join(own, 'program'));
      rmSync(join(own, 'program'));
      rmSync(join(own, 'libshared.so.1'));
      writeFileSync(join(own, 'libshared.so.1'), 'an update of another kind');
      using image = new ProcessImage(target.pid);
      expect(image.place(printed(target, 'tick'))).toMatchObject({ function: 'tick', module: 'program' });
      expect(image.place(printed(target, 'shared_tick'))).toMatchObject({ function: 'shared_tick', module: 'libshared.so.1' });
    });

    test('a program in a chroot', async () => {
      const root = mkdtempSync(join(folder, 'root-'));
      build('gcc', '-g', '-static', '-o', join(root, 'static'), '-x', 'c', '-DSTATIC', at('shared.c'), at('static.c'));
      await using target = new ManagedProcess('chroot', [root, '/static']);
      await target.waitForLine(/^ready$/);
      using image = new ProcessImage(target.pid);
      expect(image.place(printed(target, 'shared_tick'))).toMatchObject({ function: 'shared_tick', module: 'static' });
    });

    beforeAll(() => {
      writeFileSync(
        at('static.c'),
        '#include <stdio.h>\n#include <unistd.h>\nint shared_tick(int);\nint main(void) { printf("shared_tick %p\\nready\\n", (void *)shared_tick); fflush(stdout); pause(); return shared_tick(1); }\n',
      );
    });
  });

  test('a process that is not there', () => {
    expect(() => new ProcessImage(2 ** 22 + 1)).toThrow(NoProcessImageError);
  });
});

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
    writeFileSync(join(own, 'shared.c'), SHARED);
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

describeWith(['command:addr2line', 'gcc'], 'functions and lines against addr2line', () => {
  test('every 16th byte of the code', () => {
    const source = join(folder, 'lines.c');
    writeFileSync(source, PROGRAM.replace('extern int shared_tick(int);', SHARED));
    build('gcc', '-g', '-O2', '-o', 'lines', source, '-ldl');
    using file = openModuleFile(at('lines'));
    const text = file.elf.section('.text');
    const addresses = Array.from({ length: Math.floor((text?.size ?? 0) / 16) }, (_, i) =>
      file.elf.toAddress(((text?.offset ?? 0) + i * 16) as never),
    ).filter((address) => address !== null);
    const theirs = output('addr2line', '-e', at('lines'), ...addresses.map((address) => `0x${address.toString(16)}`))
      .trimEnd()
      .split('\n');
    const ours = addresses.map((address) => {
      const line = file.lineAt(address);
      return line === null ? '??:0' : `${line.file}:${line.line}`;
    });
    expect(addresses.length).toBeGreaterThan(10);
    expect(ours).toEqual(theirs.map((line) => line.replace(/ \(discriminator \d+\)/, '').replace(/^.*:\?$/, '??:0')));
  });
});
