// Modules of running programs: places, libraries loaded later, files deleted under the program.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LiveModule } from '../../src/symbols/live/live-module.js';
import { openModuleFile } from '../../src/symbols/live/module-file.js';
import { NoProcessImageError, ProcessImage } from '../../src/symbols/live/process-image.js';
import { ManagedProcess } from '../helpers/managed-process.js';
import { describeWith } from '../helpers/requirement.js';
import { output } from './elf-tools.js';
import { SHARED_SOURCE } from './shared-source.js';

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
      ['shared.c', SHARED_SOURCE],
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

describeWith(['command:addr2line', 'gcc'], 'functions and lines against addr2line', () => {
  test('every 16th byte of the code', () => {
    const source = join(folder, 'lines.c');
    writeFileSync(source, PROGRAM.replace('extern int shared_tick(int);', SHARED_SOURCE));
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
