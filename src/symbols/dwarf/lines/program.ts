// Runs a line number program: a small machine whose rows say which line each address belongs to (DWARF 5 section 6.2).
import { Cursor } from '../bytes/cursor.js';
import { DwarfError } from '../error.js';
import { readOldFile, text } from './file-table.js';
import type { LineHeader } from './header.js';

/** Takes the rows. `address` is an address key; `endSequence` marks the first address behind a run of code, its line says nothing. */
export type RowSink = (address: number, file: number, line: number, endSequence: boolean) => void;

const Standard = {
  copy: 1,
  advancePc: 2,
  advanceLine: 3,
  setFile: 4,
  setColumn: 5,
  negateStmt: 6,
  setBasicBlock: 7,
  constAddPc: 8,
  fixedAdvancePc: 9,
  setPrologueEnd: 10,
  setEpilogueBegin: 11,
  setIsa: 12,
} as const;

const Extended = { endSequence: 1, setAddress: 2, defineFile: 3 } as const;

/** Runs the program of `header` in the section `line`. Throws DwarfError where it is broken; the rows before were given. */
export function runLineProgram(line: Uint8Array, header: LineHeader, sink: RowSink): void {
  new Machine(line, header, sink).run();
}

class Machine {
  readonly #header: LineHeader;
  readonly #cursor: Cursor;
  readonly #sink: RowSink;
  #address = 0;
  #operation = 0;
  #file = 1;
  #line = 1;

  constructor(line: Uint8Array, header: LineHeader, sink: RowSink) {
    this.#header = header;
    this.#cursor = new Cursor(line, header.start, header.end);
    this.#sink = sink;
  }

  run(): void {
    const { opcodeBase, lineBase, lineRange } = this.#header;
    while (!this.#cursor.done) {
      const opcode = this.#cursor.u8();
      if (opcode >= opcodeBase) {
        const adjusted = opcode - opcodeBase;
        this.#advance(Math.floor(adjusted / lineRange));
        this.#line += lineBase + (adjusted % lineRange);
        this.#emit();
      } else if (opcode === 0) this.#extended();
      else this.#standard(opcode);
    }
  }

  #emit(): void {
    this.#sink(this.#address, this.#file, this.#line, false);
  }

  #advance(operations: number): void {
    const { minimumInstruction, operations: perInstruction } = this.#header;
    if (perInstruction <= 1) {
      this.#address += minimumInstruction * operations;
      return;
    }
    const total = this.#operation + operations;
    this.#address += minimumInstruction * Math.floor(total / perInstruction);
    this.#operation = total % perInstruction;
  }

  #reset(): void {
    this.#address = 0;
    this.#operation = 0;
    this.#file = 1;
    this.#line = 1;
  }

  #standard(opcode: number): void {
    const cursor = this.#cursor;
    switch (opcode) {
      case Standard.copy:
        this.#emit();
        return;
      case Standard.advancePc:
        this.#advance(cursor.uleb());
        return;
      case Standard.advanceLine:
        this.#line += cursor.sleb();
        return;
      case Standard.setFile:
        this.#file = cursor.uleb();
        return;
      case Standard.constAddPc:
        this.#advance(Math.floor((255 - this.#header.opcodeBase) / this.#header.lineRange));
        return;
      case Standard.fixedAdvancePc:
        this.#address += cursor.u16();
        this.#operation = 0;
        return;
      default:
        // Columns, statement and block marks: not kept. Opcodes of later versions: the header says how many operands to skip.
        for (let i = this.#header.operands[opcode - 1] ?? 0; i > 0; i--) cursor.uleb();
    }
  }

  #extended(): void {
    const length = this.#cursor.uleb();
    const at = this.#cursor.take(length);
    if (length === 0) return;
    const cursor = new Cursor(this.#cursor.bytes, at, at + length);
    switch (cursor.u8()) {
      case Extended.endSequence:
        this.#sink(this.#address, this.#file, this.#line, true);
        this.#reset();
        return;
      case Extended.setAddress:
        if (length !== 5 && length !== 9) throw new DwarfError(`address of ${length - 1} bytes in a line table`);
        this.#address = cursor.addressKey(length === 9 ? 8 : 4);
        this.#operation = 0;
        return;
      case Extended.defineFile:
        this.#header.files.add(readOldFile(cursor, text(cursor)));
        return;
      default:
        // Discriminators and vendors' own: the length has stepped over them.
        return;
    }
  }
}
