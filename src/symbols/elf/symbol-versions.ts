// Versions of dynamic symbols (.gnu.version and its two companions): the GLIBC_2.2.5 of stdout@@GLIBC_2.2.5.
import { viewOf } from './elf-reader.js';
import { stringAt } from './strings.js';

export interface SymbolVersion {
  readonly name: string;
  /** `@@`: what newly linked programs get; `@`: only for old ones. */
  readonly isDefault: boolean;
}

/** The version of the dynamic symbol at an index, or null. */
export type VersionOf = (index: number) => SymbolVersion | null;

/** The sections' bytes; any may be empty. */
export interface VersionSections {
  /** .gnu.version: two bytes a symbol. */
  readonly indices: Uint8Array;
  /** .gnu.version_d: what this file defines. */
  readonly definitions: Uint8Array;
  /** .gnu.version_r: what it needs of others. */
  readonly needs: Uint8Array;
  /** .dynstr. */
  readonly names: Uint8Array;
}

const HIDDEN = 0x8000;

/** Never throws: broken sections give fewer versions. */
export function symbolVersions(sections: VersionSections): VersionOf {
  const indices = viewOf(sections.indices);
  const count = Math.floor(sections.indices.length / 2);
  let defined: ReadonlyMap<number, string> | undefined;
  let needed: ReadonlyMap<number, string> | undefined;
  return (index) => {
    if (index >= count) return null;
    const version = indices.getUint16(index * 2, true);
    defined ??= readDefinitions(viewOf(sections.definitions), sections.names);
    const own = defined.get(version & ~HIDDEN);
    if (own !== undefined) return { name: own, isDefault: (version & HIDDEN) === 0 };
    needed ??= readNeeds(viewOf(sections.needs), sections.names);
    const foreign = needed.get(version & ~HIDDEN);
    return foreign === undefined ? null : { name: foreign, isDefault: false };
  };
}

/**
 * A chain of definitions, each with a chain of names of which the first counts:
 *
 *     0 version  2 flags  4 index  6 names  8 hash  12 to first name  16 to next definition        name: 0 name  4 to next name
 */
function readDefinitions(view: DataView, names: Uint8Array): Map<number, string> {
  const VER_FLG_BASE = 1;
  const found = new Map<number, string>();
  for (let at = 0; at + 20 <= view.byteLength; ) {
    const nameAt = at + view.getUint32(at + 12, true);
    const isFile = (view.getUint16(at + 2, true) & VER_FLG_BASE) !== 0;
    if (!isFile && nameAt + 4 <= view.byteLength) found.set(view.getUint16(at + 4, true), stringAt(names, view.getUint32(nameAt, true)));
    const next = view.getUint32(at + 16, true);
    if (next === 0) break;
    at += next;
  }
  return found;
}

/**
 * A chain of files, each with a chain of versions:
 *
 *     file: 0 version  2 count  4 file  8 to first  12 to next file        version: 0 hash  4 flags  6 index  8 name  12 to next
 */
function readNeeds(view: DataView, names: Uint8Array): Map<number, string> {
  const found = new Map<number, string>();
  // Chains in a broken file may overlap: no more steps than the section has room for entries.
  let steps = view.byteLength / 16;
  for (let at = 0; at + 16 <= view.byteLength; ) {
    let entry = at + view.getUint32(at + 8, true);
    for (let left = view.getUint16(at + 2, true); left > 0 && entry + 16 <= view.byteLength && steps > 0; left--, steps--) {
      found.set(view.getUint16(entry + 6, true) & ~HIDDEN, stringAt(names, view.getUint32(entry + 8, true)));
      const next = view.getUint32(entry + 12, true);
      if (next === 0) break;
      entry += next;
    }
    const next = view.getUint32(at + 12, true);
    if (next === 0 || steps <= 0) break;
    at += next;
  }
  return found;
}
