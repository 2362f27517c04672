// Names resolved in running programs, compared with the addresses that the programs print themselves.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resolve } from '../../src/expressions/index.js';
import type { SymbolScope } from '../../src/expressions/scope.js';
import { ProcessImage } from '../../src/symbols/live/process-image.js';
import { ManagedProcess } from '../helpers/managed-process.js';
import { describeWith } from '../helpers/requirement.js';

const SOURCES: Readonly<Record<string, string>> = {
  'main.c': `
    #include <dlfcn.h>
    #include <stdio.h>
    #include <unistd.h>
    struct player { int hp; long score[3]; union { int both; float other; }; unsigned low : 3, high : 9; };
    struct state { int level; struct player players[4]; } state;
    static int counter; int *other_counter(void); extern int shared, with_definition; int with_definition = 2; int *function_static(void);
    extern char **environ; int *where_only_here(void);
    int grid[3][5]; static const int constant = 7; __thread int mine;
    long *plugin_state(void *library, const char *name) { return dlsym(library, name); }
    int game_tick(int by) { state.level += by; return state.level; }
    #define SHOW(name, place) printf("%s %p\\n", name, (void *)(place))
    int main(int argc, char **argv) {
      void *library = dlopen(argv[1], RTLD_NOW);
      if (library == 0) return 3;
      SHOW("state", &state); SHOW("state.level", &state.level); SHOW("state.players[2].score[1]", &state.players[2].score[1]);
      SHOW("state.players[3].both", &state.players[3].both); SHOW("grid[2][4]", &grid[2][4]); SHOW("main.c::counter", &counter);
      SHOW("other.c::counter", other_counter()); SHOW("shared", &shared); SHOW("with_definition", &with_definition);
      SHOW("function_static::calls", function_static()); SHOW("environ", &environ); SHOW("stdout", &stdout); SHOW("stdout@GLIBC_2.2.5", &stdout);
      SHOW("libplugin.so!plugin_value", plugin_state(library, "plugin_value")); SHOW("plugin_value", plugin_state(library, "plugin_value"));
      SHOW("libplugin.so!hidden", *(void **)dlsym(library, "hidden_place")); SHOW("plugin.c::hidden", *(void **)dlsym(library, "hidden_place"));
      SHOW("only_here", where_only_here()); SHOW("code game_tick", game_tick); SHOW("code libplugin.so!plugin_tick", dlsym(library, "plugin_tick")); SHOW("code libshared.so!tick_shared", dlsym(0, "tick_shared"));
      puts("ready"); fflush(stdout); pause(); return constant + counter + mine + argc;
    }`,
  'other.c':
    'static int counter; int *other_counter(void) { return &counter; } int *function_static(void) { static int calls; calls++; return &calls; }',
  'shared.c': 'int shared = 1; int only_here = 2; int *where_only_here(void) { return &only_here; } void tick_shared(void) { shared++; }',
  'preload.c': 'long only_here = 3;',
  'plugin.c':
    'long plugin_value = 5; static long hidden; long *hidden_place = &hidden; void plugin_tick(void) { plugin_value += hidden++; }',
  'names.cpp': `
    #include <cstdio>
    #include <unistd.h>
    namespace game { int state = 1; namespace { int hidden = 2; } namespace inner { static int deep = 3; } }
    template <typename T> struct Pool { static T free; }; template <typename T> T Pool<T>::free;
    struct Base { int base; }; struct Derived : Base { int own; Base member; static int count; } derived; int Derived::count = 4;
    namespace game { int tick(int by) { static int calls; calls += by; std::printf("game::tick::calls %p\\n", (void *)&calls); return calls; } int tick(char) { return 2; } }
    int main() {
      std::printf("game::state %p\\nhidden %p\\ngame::hidden %p\\ngame::inner::deep %p\\n", (void *)&game::state, (void *)&game::hidden, (void *)&game::hidden, (void *)&game::inner::deep);
      std::printf("Pool<int>::free %p\\nPool<char>::free %p\\n", (void *)&Pool<int>::free, (void *)&Pool<char>::free);
      std::printf("derived.base %p\\nderived.own %p\\nderived.member.base %p\\nDerived::count %p\\n", (void *)&derived.base, (void *)&derived.own, (void *)&derived.member.base, (void *)&Derived::count);
      game::tick(1); game::tick('a');
      std::printf("code game::tick(int) %p\\n", (void *)(int (*)(int))game::tick);
      std::puts("ready"); std::fflush(stdout); pause();
    }`,
};

/** Names as the program printed them, with the addresses. */
function shown(stdout: string): [name: string, address: bigint][] {
  return [...stdout.matchAll(/^(.+) (0x[0-9a-f]+)$/gm)].map(([, name = '', address = '']) => [name, BigInt(address)]);
}

/** What the resolver says for each name that the program printed. */
function resolved(names: readonly (readonly [string, bigint])[], scope: SymbolScope): [string, bigint | string][] {
  return names.map(([name]) => {
    const code = name.startsWith('code ');
    try {
      return [name, resolve(code ? name.slice(5) : name, scope, { want: code ? 'code' : 'data' }).address];
    } catch (error) {
      return [name, String(error)];
    }
  });
}

function failure(name: string, scope: SymbolScope, want: 'data' | 'code' = 'data'): unknown {
  try {
    return resolve(name, scope, { want });
  } catch (error) {
    return error;
  }
}

describeWith(['gcc', 'g++', 'command:strip'], 'names in a running program', () => {
  let folder = '';
  const at = (name: string) => join(folder, name);
  const build = (compiler: string, ...args: readonly string[]) => execFileSync(compiler, args, { cwd: folder });

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'hwbkpt-names-'));
    for (const [name, text] of Object.entries(SOURCES)) writeFileSync(at(name), text);
    build('gcc', '-g', '-shared', '-fPIC', '-o', 'libshared.so', 'shared.c');
    build('gcc', '-g', '-shared', '-fPIC', '-o', 'libplugin.so', 'plugin.c');
    build('gcc', '-g', '-shared', '-fPIC', '-o', 'libpreload.so', 'preload.c');
    const program = ['main.c', 'other.c', '-L.', '-lshared', '-Wl,-rpath,$ORIGIN', '-ldl', '-rdynamic'];
    build('gcc', '-g', '-O0', '-fPIE', '-pie', '-o', 'pie', ...program);
    build('gcc', '-g', '-O0', '-fno-pie', '-no-pie', '-o', 'no-pie', ...program);
    build('gcc', '-O0', '-fPIE', '-pie', '-o', 'no-debug', ...program);
    build('gcc', '-s', '-O0', '-fPIE', '-pie', '-o', 'stripped', ...program.slice(0, -1));
    build('g++', '-g', '-O0', '-o', 'names', 'names.cpp');
    build('g++', '-O0', '-o', 'names-no-debug', 'names.cpp');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function running(program: string, environment: Readonly<Record<string, string>> = {}): Promise<ManagedProcess> {
    const started = new ManagedProcess(at(program), [at('libplugin.so')], { environment });
    await started.waitForLine(/^ready$/);
    return started;
  }

  test.each(['pie', 'no-pie', 'names'])('%s: every address is the one the program prints', async (program) => {
    await using target = await running(program);
    using image = new ProcessImage(target.pid);
    const names = shown(target.stdout.text);
    expect(names.length).toBeGreaterThan(10);
    expect(resolved(names, image)).toEqual(names);
  });

  test.each(['no-debug', 'names-no-debug'])('%s, without debug information: every name that is not a part', async (program) => {
    await using target = await running(program);
    using image = new ProcessImage(target.pid);
    const names = shown(target.stdout.text).filter(
      ([name]) => !/[.[]\w+(\[|\]|$)/.test(name.replace(/^.*!|^\w+\.c::/, '')) && name !== 'function_static::calls',
    );
    expect(names.length).toBeGreaterThan(5);
    expect(resolved(names, image)).toEqual(names);
  });

  test('a preloaded library comes before those the program was linked with', async () => {
    await using target = await running('pie', { LD_PRELOAD: at('libpreload.so') });
    using image = new ProcessImage(target.pid);
    const names = shown(target.stdout.text);
    expect(resolved(names, image)).toEqual(names);
    expect(resolve('only_here', image)).toMatchObject({ size: 8, type: { name: 'long int' }, display: 'libpreload.so!only_here' });
    expect(resolve('libshared!only_here', image)).toMatchObject({ size: 4, display: 'libshared.so!only_here' });
  });

  test('types and sizes', async () => {
    await using target = await running('pie');
    using image = new ProcessImage(target.pid);
    expect(resolve('state.players[1].score', image)).toMatchObject({ size: 24, type: { kind: 'array', count: 3 }, module: 'pie' });
    expect(resolve('state.players[1].high', image)).toMatchObject({ size: 2, bits: { offset: 3, width: 9 } });
    expect(resolve('shared', image)).toMatchObject({ size: 4, type: { kind: 'base', name: 'int' }, display: 'shared' });
    expect(resolve('only_here', image)).toMatchObject({ size: 4, type: { name: 'int' }, display: 'libshared.so!only_here' });
    expect(resolve('stdout', image)).toMatchObject({ size: 8, type: { kind: 'pointer' } });
    expect(resolve('grid', image)).toMatchObject({ size: 60, type: { kind: 'array', count: 3 } });
  });

  test('what cannot be resolved, in a program with debug information', async () => {
    await using target = await running('pie');
    using image = new ProcessImage(target.pid);
    expect(failure('counter', image)).toMatchObject({ code: 'ambiguous-symbol', candidates: ['main.c::counter', 'other.c::counter'] });
    expect(resolve('mine', image), 'there is one thread').toMatchObject({ display: `mine@${target.pid}`, size: 4, type: { name: 'int' } });
    expect(failure('mine@1', image)).toMatchObject({ code: 'thread-local', reason: 'no-such-thread', threads: [target.pid] });
    expect(failure(`state@${target.pid}`, image)).toMatchObject({ code: 'thread-local', reason: 'not-thread-local' });
    expect(failure('stat', image), 'a function of libc').toMatchObject({ code: 'not-a-variable', near: ['state'] });
    expect(failure('staet', image)).toMatchObject({ code: 'unknown-symbol', near: expect.arrayContaining(['state']) });
    expect(failure('state.levle', image)).toMatchObject({ code: 'no-such-member', members: ['level', 'players'] });
    expect(failure('grid[3]', image)).toMatchObject({ code: 'bad-index' });
    expect(failure('game_tick', image)).toMatchObject({ code: 'not-a-variable' });
    expect(failure('state', image, 'code')).toMatchObject({ code: 'not-a-function' });
    expect(failure('libnone.so!x', image)).toMatchObject({ code: 'unknown-module' });
    expect(failure('libplugin.so!hiden', image)).toMatchObject({ code: 'unknown-symbol', near: expect.arrayContaining(['hidden']) });
  });

  test('overloaded functions', async () => {
    await using target = await running('names');
    using image = new ProcessImage(target.pid);
    expect(failure('game::tick', image, 'code')).toMatchObject({ candidates: ['game::tick(int)', 'game::tick(char)'] });
    const [[, address] = ['', 0n]] = shown(target.stdout.text).filter(([name]) => name.startsWith('code'));
    expect(resolve('tick(int)', image, { want: 'code' })).toMatchObject({ address, display: 'game::tick(int)' });
  });

  test('a stripped program: its names are gone, those of its libraries are not', async () => {
    await using target = await running('stripped');
    using image = new ProcessImage(target.pid);
    expect(failure('state', image)).toMatchObject({ code: 'no-symbols', module: 'stripped' });
    expect(failure('stdout', image)).toMatchObject({ size: 8, module: 'stripped', type: null });
    expect(failure('only_here', image)).toMatchObject({ module: 'libshared.so' });
    expect(image.modules.slice(0, 2).map(({ level, linkScope }) => [level, linkScope])).toContainEqual(['exports', 'program']);
  });
});
