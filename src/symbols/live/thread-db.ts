// What glibc tells debuggers of its own structures, in `_thread_db_...` symbols: the table that its libthread_db works by.
//
//   _thread_db_STRUCT_FIELD    u32 bits of the field (of one element) | u32 elements | i32 offset in bytes
//
// They are in libc.so.6 since glibc 2.34, before that in libpthread.so.0, and in static programs that use threads.
import { viewOf } from '../elf/elf-reader.js';
import type { ReadMemory } from './link-map.js';
import type { LiveModule } from './live-module.js';

/** Where a field is in its structure. Bytes. */
export interface ThreadDbField {
  readonly offset: number;
  /** Of one element, where it is an array. */
  readonly size: number;
}

/** Where glibc keeps what, in one process. Nothing throws: what is not there is null. */
export class ThreadDb {
  readonly #modules: readonly LiveModule[];
  readonly #library: LiveModule;
  readonly #read: ReadMemory;
  readonly #fields = new Map<string, ThreadDbField | null>();

  private constructor(modules: readonly LiveModule[], library: LiveModule, read: ReadMemory) {
    this.#modules = modules;
    this.#library = library;
    this.#read = read;
  }

  /** Null where there is no glibc, or one without these symbols. `modules`: the program first. */
  static of(modules: readonly LiveModule[], read: ReadMemory): ThreadDb | null {
    // A program's own symbols may be many: they are looked through last.
    const inOrder = [...modules.slice(1), ...modules.slice(0, 1)];
    const library = inOrder.find((module) => mayBeLibc(module) && symbolIn(module, '_thread_db_pthread_tid') !== null);
    return library === undefined ? null : new ThreadDb(modules, library, read);
  }

  /** `pthread_tid`, `link_map_l_tls_modid` ... */
  field(name: string): ThreadDbField | null {
    let field = this.#fields.get(name);
    if (field === undefined) {
      field = this.#readField(name);
      this.#fields.set(name, field);
    }
    return field;
  }

  #readField(name: string): ThreadDbField | null {
    const at = symbolIn(this.#library, `_thread_db_${name}`);
    const bytes = at === null ? null : this.#read(at, 12);
    if (bytes === null || bytes.length < 12) return null;
    const view = viewOf(bytes);
    return { size: view.getUint32(0, true) / 8, offset: view.getInt32(8, true) };
  }

  /** Address of one of glibc's variables, which shared ones keep in the dynamic linker's `_rtld_global`. */
  variable(name: string): bigint | null {
    const inGlobal = this.field(`rtld_global_${name}`);
    if (inGlobal === null) return symbolIn(this.#library, name);
    const linker = this.#modules.find((module) => /^ld(64)?[-.]/.test(module.name));
    const global = linker === undefined ? null : symbolIn(linker, '_rtld_global');
    return global === null ? null : global + BigInt(inGlobal.offset);
  }

  word(address: bigint): bigint | null {
    const bytes = this.#read(address, 8);
    return bytes === null || bytes.length < 8 ? null : viewOf(bytes).getBigUint64(0, true);
  }

  /** The 64-bit word that is field `name` of the structure at `base`. */
  wordOf(base: bigint, name: string): bigint | null {
    const field = this.field(name);
    return field === null ? null : this.word(base + BigInt(field.offset));
  }

  number(address: bigint): number | null {
    const bytes = this.#read(address, 4);
    return bytes === null || bytes.length < 4 ? null : viewOf(bytes).getInt32(0, true);
  }
}

/** Other libraries need not be searched, nor a program that has them. */
function mayBeLibc({ name, soname, linkScope, file }: LiveModule): boolean {
  return (
    (linkScope === 'program' && file?.elf.interpreter === null) || [name, soname ?? ''].some((known) => /^lib(c|pthread)[.-]/.test(known))
  );
}

function symbolIn(module: LiveModule, name: string): bigint | null {
  const found = module.symbols(name).find(({ defined }) => defined === 'here');
  return found === undefined ? null : module.toVirtual(found.address);
}
