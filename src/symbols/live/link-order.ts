// Puts the modules of a process into the order in which its dynamic linker looks for names.
import type { LinkScope, LiveModule } from './live-module.js';

/**
 * `modules` in look-up order, each with its scope: the program, the libraries loaded with it, the rest. `dynamicSections` is the
 * linker's own list (addresses of dynamic sections; empty where there is none): then the order of DT_NEEDED, breadth first, which is
 * the same but for preloaded libraries.
 */
export function linkOrder(modules: readonly LiveModule[], program: LiveModule | null, dynamicSections: readonly bigint[]): LiveModule[] {
  const needed = program === null ? [] : neededModules(program, modules);
  const listed = dynamicSections.flatMap((address) => modules.find((module) => module.contains(address)) ?? []);
  const order = new Set([...(program === null ? [] : [program]), ...listed, ...needed, ...modules]);
  // What stands in the linker's list before the last needed library was there at the start too: preloaded libraries do.
  const last = listed.findLastIndex((module) => needed.includes(module));
  const startup = new Set([...needed, ...listed.slice(0, last + 1)]);
  for (const module of order) module.linkScope = scopeOf(module, program, startup);
  return [...order];
}

function scopeOf(module: LiveModule, program: LiveModule | null, startup: ReadonlySet<LiveModule>): LinkScope {
  if (module === program) return 'program';
  return startup.has(module) ? 'startup' : 'later';
}

/** The program and all that it needs, and what those need: breadth first, as the dynamic linker loads them. */
function neededModules(program: LiveModule, modules: readonly LiveModule[]): LiveModule[] {
  const byName = new Map<string, LiveModule>();
  for (const module of modules) {
    for (const name of [module.soname, module.name]) if (name !== null && !byName.has(name)) byName.set(name, module);
  }
  const found = new Set([program]);
  for (const module of found) {
    for (const name of module.file?.elf.dynamic.needed ?? []) {
      const needed = byName.get(name.slice(name.lastIndexOf('/') + 1));
      if (needed !== undefined) found.add(needed);
    }
  }
  return [...found];
}

/** Whether one of `modules` needs a library that is not among them. */
export function lacksNeeded(modules: readonly LiveModule[]): boolean {
  const there = new Set(modules.flatMap(({ soname, name }) => [soname, name]));
  return modules.some((module) =>
    (module.file?.elf.dynamic.needed ?? []).some((name) => !there.has(name.slice(name.lastIndexOf('/') + 1))),
  );
}
