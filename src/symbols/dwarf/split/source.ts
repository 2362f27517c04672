// Where the parts of split DWARF are found: given from outside, because it takes a file system.
import type { DwarfSections, ReadSection } from '../sections.js';

/** What the program's own file says of a unit whose entries are elsewhere. */
export interface SplitReference {
  /** DW_AT_dwo_name: absolute, or relative to `directory`. */
  readonly name: string;
  /** DW_AT_comp_dir, '' where it is not recorded. */
  readonly directory: string;
  /** 64 bits that the compiler put into both files. */
  readonly id: bigint | null;
}

/** A `.dwo` file, or an object file that holds the same sections. */
export interface SplitObject {
  /** Its path, for people. */
  readonly path: string;
  /** `info` is `.debug_info.dwo`, and so on; `addr`, `ranges`, `lineStr` and `aranges` are not read here. */
  readonly sections: DwarfSections;
}

/** A `.dwp` file: the `.dwo` files of a program put together by dwp or llvm-dwp, with indices that tell them apart. */
export interface SplitPackage extends SplitObject {
  /** `.debug_cu_index` */
  readonly unitIndex: ReadSection;
  /** `.debug_tu_index` */
  readonly typeIndex: ReadSection;
}

/** Finds the files that split DWARF is in. May throw whatever reading files throws: it becomes a problem. */
export interface SplitFiles {
  /** The program's package; null where there is none. Called at most once. */
  readonly package: () => SplitPackage | null;
  /** Files that may be the one referred to, the likeliest first; the reader takes the first that has the right id. */
  readonly objects: (wanted: SplitReference) => Iterable<SplitObject>;
}
