// A symbol table (.symtab or .dynsym) over its raw words: nothing is decoded before it is asked for, so that opening a file with a
// hundred thousand symbols costs nothing and finding one name costs one pass.
import { as, type FileAddress } from '../../base/brand.js';
import { joinU64 } from '../../base/u64.js';
import { AddressIndex } from './address-index.js';
import { decode, encode, stringAt, stringEnd } from './strings.js';
import {
  bindingNameOf,
  bindingOf,
  definedOf,
  type ElfSymbol,
  kindOf,
  SYMBOL_BINDING,
  SYMBOL_BYTES,
  SYMBOL_TYPE,
  typeOf,
  visibilityOf,
  WORDS_PER_SYMBOL,
} from './symbol.js';
import type { SymbolVersion, VersionOf } from './symbol-versions.js';

const AT = 0x40;
const STV_INTERNAL = 1;
const STV_HIDDEN = 2;

/** What a symbol table is made of. */
export interface SymbolTableParts {
  readonly entries: Uint8Array;
  readonly names: Uint8Array;
  /** .gnu.version of a .dynsym; in a .symtab the name itself carries the version. */
  readonly versionOf?: VersionOf | undefined;
}

export class SymbolTable {
  /** Entries, the null entry 0 included. */
  readonly count: number;
  readonly #words: Uint32Array;
  readonly #names: Uint8Array;
  readonly #versionOf: VersionOf | undefined;
  #addresses: AddressIndex | undefined;
  #files: Uint32Array | undefined;

  constructor({ entries, names, versionOf }: SymbolTableParts) {
    this.count = Math.floor(entries.length / SYMBOL_BYTES);
    this.#words = wordsOf(entries, this.count);
    this.#names = names;
    this.#versionOf = versionOf;
  }

  /** The symbol at `index` (below {@link count}). */
  at(index: number): ElfSymbol {
    const base = index * WORDS_PER_SYMBOL;
    const word = this.#words[base + 1] ?? 0;
    const written = stringAt(this.#names, this.#words[base] ?? 0);
    const { name, version } = splitVersion(written);
    const found = version ?? this.#versionOf?.(index) ?? null;
    const visibility = visibilityOf(word);
    return {
      index,
      name,
      version: found?.name ?? null,
      defaultVersion: found?.isDefault ?? false,
      kind: kindOf(word),
      binding: bindingNameOf(word),
      hidden: visibility === STV_HIDDEN || visibility === STV_INTERNAL,
      address: as<FileAddress>(joinU64(this.#words[base + 2] ?? 0, this.#words[base + 3] ?? 0)),
      size: (this.#words[base + 5] ?? 0) * 0x1_0000_0000 + (this.#words[base + 4] ?? 0),
      defined: definedOf(word),
      file: bindingOf(word) === SYMBOL_BINDING.local ? this.#fileOf(index) : null,
    };
  }

  /** All symbols called `name`, with any version; or, for `name@VERSION` and `name@@VERSION`, of that version only. */
  find(name: string): ElfSymbol[] {
    const wanted = splitVersion(name);
    const found = this.#scan(encode(wanted.name)).map((index) => this.at(index));
    return wanted.version === null ? found : found.filter((symbol) => symbol.version === wanted.version?.name);
  }

  /**
   * Symbols whose name, as written in the file, begins with one of `prefixes` and contains `part`; at most `most`.
   * The way to mangled names: `_ZN4game5stateE` begins with `_Z` and contains `5state`.
   */
  findContaining(prefixes: readonly string[], part: string, most: number): ElfSymbol[] {
    const heads = prefixes.map(encode);
    const wanted = encode(part);
    const found: ElfSymbol[] = [];
    for (let index = 1; index < this.count && found.length < most; index++) {
      const start = this.#words[index * WORDS_PER_SYMBOL] ?? 0;
      if (!heads.some((head) => startsWith(this.#names, start, head))) continue;
      if (contains(this.#names, start, wanted)) found.push(this.at(index));
    }
    return found;
  }

  /** The defined symbol that contains `address`, or null; see {@link AddressIndex}. */
  containing(address: FileAddress): ElfSymbol | null {
    this.#addresses ??= new AddressIndex(this.#words, this.#names);
    const index = this.#addresses.find(address);
    return index === null ? null : this.at(index);
  }

  /** Names of the defined symbols of these kinds, without versions, each perhaps several times. Names beyond 512 bytes are left out. */
  *names(...kinds: readonly ElfSymbol['kind'][]): Generator<string> {
    for (let index = 1; index < this.count; index++) {
      const word = this.#words[index * WORDS_PER_SYMBOL + 1] ?? 0;
      if (!kinds.includes(kindOf(word)) || definedOf(word) !== 'here') continue;
      const start = this.#words[index * WORDS_PER_SYMBOL] ?? 0;
      const end = stringEnd(this.#names, start);
      if (end > start && end - start <= 512) yield splitVersion(decode(this.#names, start, end)).name;
    }
  }

  /** Indices of the symbols with this name, ended by NUL or by the '@' of a version. */
  #scan(name: Uint8Array): number[] {
    const found: number[] = [];
    const [first] = name;
    if (first === undefined) return found;
    for (let index = 1; index < this.count; index++) {
      const start = this.#words[index * WORDS_PER_SYMBOL] ?? 0;
      if (this.#names[start] !== first || !startsWith(this.#names, start, name)) continue;
      const after = this.#names[start + name.length];
      if (after === 0 || after === AT) found.push(index);
    }
    return found;
  }

  /** The name of the last STT_FILE symbol before `index`: the linker groups local symbols by file. An empty name ends a group. */
  #fileOf(index: number): string | null {
    this.#files ??= this.#fileSymbols();
    let low = 0;
    let high = this.#files.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#files[middle] ?? 0) < index) low = middle + 1;
      else high = middle;
    }
    const file = this.#files[low - 1];
    if (file === undefined) return null;
    const name = stringAt(this.#names, this.#words[file * WORDS_PER_SYMBOL] ?? 0);
    return name === '' ? null : name;
  }

  #fileSymbols(): Uint32Array {
    const files: number[] = [];
    for (let index = 1; index < this.count; index++) {
      if (typeOf(this.#words[index * WORDS_PER_SYMBOL + 1] ?? 0) === SYMBOL_TYPE.file) files.push(index);
    }
    return Uint32Array.from(files);
  }
}

/** Splits `foo@VERSION` and `foo@@VERSION`. */
function splitVersion(written: string): { readonly name: string; readonly version: SymbolVersion | null } {
  const at = written.indexOf('@');
  if (at <= 0) return { name: written, version: null };
  const isDefault = written[at + 1] === '@';
  return { name: written.slice(0, at), version: { name: written.slice(at + (isDefault ? 2 : 1)), isDefault } };
}

/** The entries as words: in place where they are aligned. */
function wordsOf(entries: Uint8Array, count: number): Uint32Array {
  const aligned = entries.byteOffset % 4 === 0 ? entries : entries.slice();
  return new Uint32Array(aligned.buffer, aligned.byteOffset, count * WORDS_PER_SYMBOL);
}

function startsWith(names: Uint8Array, start: number, head: Uint8Array): boolean {
  for (let at = 0; at < head.length; at++) if (names[start + at] !== head[at]) return false;
  return true;
}

/** Whether the first 4096 bytes of the string that begins at `start` contain `part`. */
function contains(names: Uint8Array, start: number, part: Uint8Array): boolean {
  for (let at = start; (names[at] ?? 0) !== 0 && at - start < 4096; at++) {
    if (names[at] === part[0] && startsWith(names, at, part)) return true;
  }
  return false;
}
