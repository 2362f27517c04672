// All unwind tables of one file: the rule for an address, from whichever table describes it.
import { DwarfError } from '../dwarf/error.js';
import { ElfError } from '../elf/elf-error.js';
import type { ElfFile } from '../elf/elf-file.js';
import { rowAt } from './cfa-program.js';
import { type FrameRule, frameRule } from './frame-rule.js';
import { FrameTable } from './frame-table.js';

/** Look-ups are lazy and throw nothing: what is broken tells nothing. */
export class UnwindTables {
  readonly #files: () => readonly ElfFile[];
  #tables: readonly FrameTable[] | null = null;

  /** `files`: the file, and its separate debug file, whose .debug_frame is looked at too. */
  constructor(files: () => readonly ElfFile[]) {
    this.#files = files;
  }

  /** How to leave the frame of the instruction at `address` (of the file, as a number); null where no table tells. */
  rule(address: number): FrameRule | null {
    this.#tables ??= this.#files().flatMap(tablesOf);
    for (const table of this.#tables) {
      const rule = ruleIn(table, address);
      if (rule !== null) return rule;
    }
    return null;
  }
}

function ruleIn(table: FrameTable, address: number): FrameRule | null {
  const fde = table.find(address);
  if (fde === null) return null;
  try {
    return frameRule(rowAt(table.section, fde, address), fde.cie);
  } catch (error) {
    if (error instanceof DwarfError) return null;
    throw error;
  }
}

function tablesOf(elf: ElfFile): FrameTable[] {
  const index = dataOf(elf, '.eh_frame_hdr');
  const frames = dataOf(elf, '.eh_frame');
  const debug = dataOf(elf, '.debug_frame');
  return [
    ...(frames === null ? [] : [new FrameTable({ kind: 'eh_frame', ...frames }, index)]),
    ...(debug === null ? [] : [new FrameTable({ kind: 'debug_frame', ...debug })]),
  ];
}

function dataOf(elf: ElfFile, name: string): { readonly bytes: Uint8Array; readonly address: number } | null {
  try {
    const bytes = elf.data(name);
    return bytes === null ? null : { bytes, address: Number(elf.section(name)?.address ?? 0n) };
  } catch (error) {
    if (error instanceof ElfError) return null;
    throw error;
  }
}
