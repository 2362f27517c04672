// The types that the running kernel describes itself (BTF), and those of its modules; read when first asked for.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HwbkptError } from '../../base/errors.js';
import { Btf, type BtfVariable } from '../btf/btf.js';
import type { Type } from '../types.js';

const VMLINUX = 'vmlinux';

/** Look-ups never throw: a kernel without BTF, or with damaged one, has no types. */
export class KernelTypes {
  readonly #folder: string;
  #kernel: Btf | null | undefined;
  #modules: readonly Btf[] | undefined;
  readonly #problems = new Set<string>();

  /** `folder` is another one only in tests. */
  constructor(folder = '/sys/kernel/btf') {
    this.#folder = folder;
  }

  /** Whether the kernel describes its types at all. */
  get areThere(): boolean {
    return this.#vmlinux !== null;
  }

  /** What could not be read so far, as sentences. */
  get problems(): readonly string[] {
    return [...this.#problems];
  }

  /** The type that C writes so (`struct ratelimit_state`, `u32`), from the kernel, else from a module; null where there is none. */
  typeNamed(text: string): Type | null {
    const found = this.#vmlinux?.typeNamed(text) ?? null;
    if (found !== null) return found;
    for (const module of this.#ofModules) {
      const type = module.typeNamed(text);
      if (type !== null) return type;
    }
    return null;
  }

  /** Variables of the kernel that are called so: the per-CPU ones. */
  variables(name: string): readonly BtfVariable[] {
    return this.#vmlinux?.variables(name) ?? [];
  }

  variableNames(): Iterable<string> {
    return this.#vmlinux?.variableNames() ?? [];
  }

  get #vmlinux(): Btf | null {
    if (this.#kernel === undefined) this.#kernel = this.#open(VMLINUX, null);
    return this.#kernel;
  }

  get #ofModules(): readonly Btf[] {
    this.#modules ??= this.#openModules(this.#vmlinux);
    return this.#modules;
  }

  #openModules(kernel: Btf | null): Btf[] {
    if (kernel === null) return [];
    const names = readdirSync(this.#folder).filter((name) => name !== VMLINUX);
    return names.map((name) => this.#open(name, kernel)).filter((module) => module !== null);
  }

  #open(name: string, base: Btf | null): Btf | null {
    try {
      return new Btf(readFileSync(join(this.#folder, name)), base);
    } catch (error) {
      if (error instanceof HwbkptError) this.#problems.add(error.message);
      return null;
    }
  }
}
