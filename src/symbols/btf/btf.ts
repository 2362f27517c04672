// Reads BTF: the kernel's description of its own types, and of some of its variables. Pure.
import type { Type } from '../types.js';
import { Kind } from './kinds.js';
import { keywordOf } from './names.js';
import { type BtfRecord, BtfRecords } from './records.js';
import { BtfTypes } from './types.js';

/** A variable that BTF places in a section: the kernel describes its per-CPU variables. */
export interface BtfVariable {
  readonly name: string;
  /** `.data..percpu` */
  readonly section: string;
  /** Bytes from the section's start. */
  readonly offset: number;
  readonly size: number;
  type(): Type;
}

/** One BTF section, opened. Look-ups never throw: they find less. */
export class Btf {
  readonly #base: Btf | null;
  readonly #records: BtfRecords;
  readonly #types: BtfTypes;
  #variables: ReadonlyMap<string, readonly BtfVariable[]> | undefined;

  /** `base`: the kernel's, where `bytes` are a kernel module's (split BTF). Throws {@link BtfError}. */
  constructor(bytes: Uint8Array, base: Btf | null = null) {
    this.#base = base;
    this.#records = new BtfRecords(bytes, base === null ? null : base.#records);
    this.#types = new BtfTypes(this.#records);
  }

  /** How many types there are, the base's included. */
  get count(): number {
    return this.#records.end - 1;
  }

  /** Type number `id`. */
  type(id: number): Type {
    return this.#types.of(id);
  }

  /**
   * The type called `struct NAME`, `union NAME`, `enum NAME`, or a typedef's or integer's name; with ` *` behind it a pointer to it.
   * Null where there is none. Complete ones come before declarations.
   */
  typeNamed(text: string): Type | null {
    const words = text.trim().replace(/\s+/g, ' ');
    if (words.endsWith('*')) {
      const target = this.typeNamed(words.slice(0, -1));
      return target === null ? null : { kind: 'pointer', name: `${target.name} *`, size: 8, target: () => target };
    }
    const [, keyword = '', name = ''] = /^(?:(struct|union|enum) )?(.+)$/.exec(words) ?? [];
    const found = [...this.#records.called(name)].map((id) => this.#records.at(id)).filter((record) => record !== null);
    const fitting = found.filter((record) => isNamedBy(record, keyword));
    const best = fitting.find(({ kind }) => kind !== Kind.forward) ?? fitting[0];
    return best === undefined ? (this.#base?.typeNamed(text) ?? null) : this.#types.of(best.id);
  }

  /** Variables of this name, this section's and its base's. */
  variables(name: string): readonly BtfVariable[] {
    return [...(this.#ownVariables.get(name) ?? []), ...(this.#base?.variables(name) ?? [])];
  }

  /** Names of all variables. */
  *variableNames(): Generator<string> {
    yield* this.#ownVariables.keys();
    if (this.#base !== null) yield* this.#base.variableNames();
  }

  get #ownVariables(): ReadonlyMap<string, readonly BtfVariable[]> {
    this.#variables ??= this.#readVariables();
    return this.#variables;
  }

  #readVariables(): Map<string, BtfVariable[]> {
    const variables = new Map<string, BtfVariable[]>();
    for (const id of this.#records.ofKind(Kind.section)) {
      const section = this.#records.at(id);
      if (section === null) continue;
      for (let i = 0; i < section.count; i++) {
        const variable = this.#variable(section, i);
        if (variable !== null) variables.set(variable.name, [...(variables.get(variable.name) ?? []), variable]);
      }
    }
    return variables;
  }

  #variable({ name: section, added }: BtfRecord, index: number): BtfVariable | null {
    const record = this.#records.at(added(3 * index));
    if (record?.kind !== Kind.variable || record.name === '') return null;
    const { name, sizeOrType } = record;
    return { name, section, offset: added(3 * index + 1), size: added(3 * index + 2), type: () => this.#types.of(sizeOrType) };
  }
}

/** Whether C would call the type so: structs and their like live beside typedefs, under their own word. */
function isNamedBy(record: BtfRecord, keyword: string): boolean {
  const { kind } = record;
  if (keyword !== '') return keywordOf(record) === keyword;
  return kind === Kind.typedef || kind === Kind.int || kind === Kind.float;
}
