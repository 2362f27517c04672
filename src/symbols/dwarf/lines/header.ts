// The header of a line number program, DWARF 2 to 5: the constants of its opcodes, its directories and files.
//
//   length | version u16 | [5: address size u8, segment size u8] | header length | minimum instruction length u8
//   | [4, 5: operations per instruction u8] | default is_stmt u8 | line base s8 | line range u8 | opcode base u8
//   | operand counts of the standard opcodes | directories | files
import { Cursor } from '../bytes/cursor.js';
import { DwarfError } from '../error.js';
import { type FileTable, readOldTables, readTables5 } from './file-table.js';

/** What the line number program of one unit starts from. */
export interface LineHeader {
  readonly version: number;
  readonly minimumInstruction: number;
  readonly operations: number;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  /** Operands of standard opcode `i + 1`. */
  readonly operands: Uint8Array;
  readonly files: FileTable;
  /** The opcodes: from here ... */
  readonly start: number;
  /** ... up to here. */
  readonly end: number;
}

/** Where names in a header's tables are found. */
export interface NameSections {
  readonly line: Uint8Array;
  readonly str: Uint8Array;
  readonly lineStr: Uint8Array;
}

/** Reads the header at `offset` of .debug_line. Throws DwarfError. */
export function readLineHeader(sections: NameSections, offset: number): LineHeader {
  const whole = new Cursor(sections.line, offset);
  const { length, offsetSize } = whole.initialLength();
  if (length > whole.remaining) throw new DwarfError(`a line table of ${length} bytes does not fit in the section`);
  const end = whole.pos + length;
  const cursor = new Cursor(sections.line, whole.pos, end);
  const version = cursor.u16();
  if (version < 2 || version > 5) throw new DwarfError(`line table version ${version} is not known`);
  if (version >= 5) cursor.skip(2);
  const headerLength = cursor.offset(offsetSize);
  if (headerLength > cursor.remaining) throw new DwarfError('line table header does not fit in its table');
  const start = cursor.pos + headerLength;
  const fixed = readFixed(cursor, version);
  const tables = new Cursor(sections.line, cursor.pos, start);
  const shape = { version, addressSize: 8, offsetSize } as const;
  const files = version >= 5 ? readTables5(tables, sections, shape) : readOldTables(tables);
  return { version, ...fixed, files, start, end };
}

function readFixed(cursor: Cursor, version: number): Omit<LineHeader, 'version' | 'files' | 'start' | 'end'> {
  const minimumInstruction = cursor.u8();
  const operations = version >= 4 ? cursor.u8() : 1;
  cursor.skip(1);
  const lineBase = cursor.s8();
  const lineRange = cursor.u8();
  const opcodeBase = cursor.u8();
  if (lineRange === 0 || opcodeBase === 0) throw new DwarfError('line table with a line range or opcode base of 0');
  const operands = cursor.block(opcodeBase - 1);
  return { minimumInstruction, operations, lineBase, lineRange, opcodeBase, operands };
}
