// A program with thread-local variables of its own, of a library, and of one that dlopen brings, in three threads that show where theirs are.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Target } from '../helpers/target.js';

const SOURCES: Readonly<Record<string, string>> = {
  'main.c': `
    #define _GNU_SOURCE
    #include <dlfcn.h>
    #include <errno.h>
    #include <pthread.h>
    #include <signal.h>
    #include <stdio.h>
    #include <unistd.h>
    struct score { int hits; long sum; };
    __thread struct score mine = { 1, 2 };
    static __thread int hidden;
    __thread char aligned[64] __attribute__((aligned(64)));
    static pthread_barrier_t shown, going;
    static void show(const char *name, const void *at) { printf("%s@%d %p\\n", name, gettid(), at); }
    static int *own_calls(void) { static __thread int calls = 7; return &calls; }
    #ifdef ALONE
    static void show_libraries(long number) { (void)number; }
    #else
    extern __thread long shared_own;
    static int *(*where_plugin)(void);
    static void show_libraries(long number) {
      show("shared_own", &shared_own);
      if (number < 2) show("libplugin.so!plugin_own", where_plugin());
    }
    #endif
    static int is_late;
    #ifdef ALONE
    static int *late_own(void) { return 0; }
    #else
    static int *late_own(void) { return where_plugin(); }
    #endif
    void count_late(int *own) { for (int i = 0; i < 3; i++) ++*own; }
    static void touch_late(long number) {
      if (!is_late) return;
      int *own = number == 2 ? late_own() : 0;
      if (own != 0) { show("late", own); fflush(stdout); }
      pthread_barrier_wait(&going);
      if (own != 0) count_late(own);
    }
    void add(int by) { mine.hits += by; mine.sum += mine.hits; }
    static void *run(void *argument) {
      long number = (long)argument;
      hidden = (int)number; errno = 70 + (int)number;
      show("mine", &mine); show("mine.sum", &mine.sum); show("hidden", &hidden); show("aligned", aligned); show("own_calls::calls", own_calls());
      show_libraries(number);
      errno = 70 + (int)number;
      pthread_barrier_wait(&shown);
      pthread_barrier_wait(&going);
      for (int i = 0; i < 5; i++) add(10 * (int)number + 1);
      touch_late(number);
      pthread_barrier_wait(&going);
      return 0;
    }
    int main(int argc, char **argv) {
    #ifndef ALONE
      void *plugin = dlopen(argv[1], RTLD_NOW);
      if (plugin == 0) return 3;
      where_plugin = (int *(*)(void))dlsym(plugin, "where_plugin");
    #endif
      is_late = argc > 2;
      pthread_barrier_init(&shown, 0, 3); pthread_barrier_init(&going, 0, 3);
      pthread_t threads[2];
      for (long i = 0; i < 2; i++) pthread_create(&threads[i], 0, run, (void *)(i + 1));
      hidden = 0; add(0);
      show("mine", &mine); show("mine.sum", &mine.sum); show("hidden", &hidden); show("aligned", aligned); show("own_calls::calls", own_calls());
      show_libraries(0);
      pthread_barrier_wait(&shown);
      puts("ready"); fflush(stdout);
      char byte;
      if (read(0, &byte, 1) < 0) return 4;
      pthread_barrier_wait(&going);
      for (int i = 0; i < 5; i++) add(1);
      if (is_late) {
        if (read(0, &byte, 1) < 0) return 4;
        pthread_barrier_wait(&going);
      }
      pthread_barrier_wait(&going);
      for (int i = 0; i < 2; i++) pthread_join(threads[i], 0);
      printf("sum %ld\\n", mine.sum);
      return argc < 0;
    }`,
  'shared.c': '__thread long shared_own = 5;',
  'plugin.c': 'static __thread int before[40]; __thread int plugin_own = 6; int *where_plugin(void) { before[0]++; return &plugin_own; }',
};

/** How the program is linked; `static`: without its libraries. */
export type Linking = 'pie' | 'no-pie' | 'static';

/** Compiles everything into `folder`. */
export function buildThreadLocal(folder: string): void {
  for (const [name, text] of Object.entries(SOURCES)) writeFileSync(join(folder, name), text);
  const gcc = (...args: readonly string[]) => execFileSync('gcc', ['-g', '-O0', '-pthread', ...args], { cwd: folder });
  gcc('-shared', '-fPIC', '-o', 'libshared.so', 'shared.c');
  gcc('-shared', '-fPIC', '-o', 'libplugin.so', 'plugin.c');
  const libraries = ['main.c', '-L.', '-lshared', '-Wl,-rpath,$ORIGIN', '-ldl'];
  gcc('-fPIE', '-pie', '-o', 'pie', ...libraries);
  gcc('-fno-pie', '-no-pie', '-o', 'no-pie', ...libraries);
  gcc('-static', '-DALONE', '-o', 'static', 'main.c');
}

/**
 * The program, once all its threads have shown their addresses: they write to `mine` after Target.go. `late`: then the third thread gets its copy of
 * `plugin_own` too, shows it, and writes to it after another Target.go.
 */
export async function startThreadLocal(folder: string, linking: Linking, ...late: readonly 'late'[]): Promise<Target> {
  const target = new Target(join(folder, linking), [join(folder, 'libplugin.so'), ...late]);
  await target.waitForLine(/^ready$/);
  return target;
}

/** `mine@4711.sum` and the like, as the threads show them. */
export function shownBy(target: Target): (readonly [name: string, address: bigint])[] {
  const lines = target.stdout.text.matchAll(/^(\S+)@(\d+) (0x[0-9a-f]+)$/gm);
  return [...lines].map(([, name = '', tid = '', at = '0']) => [nameOf(name, tid), BigInt(at)] as const);
}

/** `mine.sum` of thread 4711 as an expression: `mine@4711.sum`. */
export function nameOf(name: string, tid: string | number): string {
  const [, start = '', member = ''] = /^((?:[^!]*!)?[^.]*)(.*)$/.exec(name) ?? [];
  return `${start}@${tid}${member}`;
}

/** Ids of the threads: the first, the second and the third. */
export function threadsOf(target: Target): [number, number, number] {
  const ids = [...new Set([...target.stdout.text.matchAll(/@(\d+) /g)].map(([, id]) => Number(id)))].filter((id) => id !== target.pid);
  const [second = 0, third = 0] = ids.sort((a, b) => numberOf(target, a) - numberOf(target, b));
  return [target.pid, second, third];
}

/** The third has not touched the plugin. */
function numberOf(target: Target, tid: number): number {
  return target.stdout.text.includes(`libplugin.so!plugin_own@${tid} `) ? 1 : 2;
}
