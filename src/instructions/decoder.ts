// Loads the x86 decoder when it is first needed (importing it takes 70-90 ms) and hides its manual memory management.
import type * as IcedModule from 'iced-x86';
import type { InstructionPlan } from './access-plan.js';
import { compileInstruction } from './compile.js';
import { type FlowInstruction, flowOf } from './flow.js';

/** The decoder library's module object. */
export type Iced = typeof IcedModule;

/** Longest x86 instruction, bytes. */
export const LONGEST_INSTRUCTION = 15;

let loading: Promise<InstructionDecoder> | null = null;

/** The decoder, loaded once per process. Rejects only when the package is missing. */
export function loadDecoder(): Promise<InstructionDecoder> {
  loading ??= import('iced-x86').then((iced) => new InstructionDecoder(iced));
  return loading;
}

/** Decodes 64-bit x86 code. Objects of the library live on its own heap, so they are made once or freed here. */
export class InstructionDecoder {
  readonly #iced: Iced;
  readonly #instruction: IcedModule.Instruction;
  readonly #infos: IcedModule.InstructionInfoFactory;
  readonly #fsBase: bigint | null;
  #formatter: IcedModule.Formatter | null = null;

  /** Use {@link loadDecoder}. */
  constructor(iced: Iced, fsBase: bigint | null = null) {
    this.#iced = iced;
    this.#fsBase = fsBase;
    this.#instruction = new iced.Instruction();
    this.#infos = new iced.InstructionInfoFactory();
  }

  /** For the code of a thread whose FS base is known: its plans have the addresses that are relative to it. */
  withFsBase(fsBase: bigint): InstructionDecoder {
    return new InstructionDecoder(this.#iced, fsBase);
  }

  /** Length of the instruction that would begin at each offset of `bytes`; 0 where none does. */
  lengths(bytes: Uint8Array): Uint8Array {
    const lengths = new Uint8Array(bytes.length);
    this.#withDecoder(bytes, (decoder) => {
      for (let offset = 0; offset < bytes.length; offset++) {
        decoder.position = offset;
        decoder.decodeOut(this.#instruction);
        lengths[offset] = this.#instruction.isInvalid ? 0 : this.#instruction.length;
      }
    });
    return lengths;
  }

  /**
   * Boundaries between the instructions that follow one another from offset 0 on: 0 first, then the end of each.
   * The last one is at `end`, or past it when an instruction straddles it, or before it where the bytes cannot be decoded.
   */
  boundaries(bytes: Uint8Array, end: number): number[] {
    const boundaries = [0];
    this.#withDecoder(bytes, (decoder) => {
      for (let offset = 0; offset < end; boundaries.push(offset)) {
        decoder.decodeOut(this.#instruction);
        if (this.#instruction.isInvalid) break;
        offset += this.#instruction.length;
      }
    });
    return boundaries;
  }

  /** Offsets of the jumps through a register or memory among the instructions that follow one another from offset 0 on. */
  jumps(bytes: Uint8Array): number[] {
    const { FlowControl } = this.#iced;
    const jumps: number[] = [];
    this.#withDecoder(bytes, (decoder) => {
      for (let offset = 0; offset < bytes.length; offset += this.#instruction.length) {
        decoder.decodeOut(this.#instruction);
        if (this.#instruction.isInvalid) break;
        if (this.#instruction.flowControl === FlowControl.IndirectBranch) jumps.push(offset);
      }
    });
    return jumps;
  }

  /** Where the instructions lead that follow one another from the start of `bytes`, which lies at `address`; up to what cannot be decoded. */
  flow(bytes: Uint8Array, address: bigint): FlowInstruction[] {
    const found: FlowInstruction[] = [];
    this.#withDecoder(bytes, (decoder) => {
      decoder.ip = address;
      for (let offset = 0; offset < bytes.length; offset += this.#instruction.length) {
        decoder.decodeOut(this.#instruction);
        if (this.#instruction.isInvalid) break;
        found.push(flowOf(this.#iced, this.#instruction, offset));
      }
    });
    return found;
  }

  /** The plan of the instruction at the start of `bytes`, which lies at `address`; null when it cannot be decoded. */
  plan(bytes: Uint8Array, address: bigint): InstructionPlan | null {
    return this.#withDecoder(bytes, (decoder) => {
      decoder.ip = address;
      decoder.decodeOut(this.#instruction);
      if (this.#instruction.isInvalid) return null;
      const info = this.#infos.info(this.#instruction);
      try {
        return compileInstruction({ iced: this.#iced, instruction: this.#instruction, info, fsBase: this.#fsBase });
      } finally {
        info.free();
      }
    });
  }

  /**
   * The instruction at the start of `bytes`, which lies at `address`, in Intel's syntax: `add dword ptr [rdi+8], 1`. Addresses relative to
   * RIP are written out. Null when it cannot be decoded.
   */
  text(bytes: Uint8Array, address: bigint): string | null {
    return this.#withDecoder(bytes, (decoder) => {
      decoder.ip = address;
      decoder.decodeOut(this.#instruction);
      if (this.#instruction.isInvalid) return null;
      this.#formatter ??= newFormatter(this.#iced);
      return this.#formatter.format(this.#instruction);
    });
  }

  #withDecoder<T>(bytes: Uint8Array, use: (decoder: IcedModule.Decoder) => T): T {
    const decoder = new this.#iced.Decoder(64, bytes, this.#iced.DecoderOptions.None);
    try {
      return use(decoder);
    } finally {
      decoder.free();
    }
  }
}

function newFormatter({ Formatter, FormatterSyntax, MemorySizeOptions }: Iced): IcedModule.Formatter {
  const formatter = new Formatter(FormatterSyntax.Intel);
  formatter.hexPrefix = '0x';
  formatter.hexSuffix = '';
  formatter.uppercaseHex = false;
  formatter.addLeadingZeroToHexNumbers = false;
  formatter.smallHexNumbersInDecimal = true;
  formatter.signedImmediateOperands = true;
  formatter.branchLeadingZeros = false;
  formatter.showBranchSize = false;
  formatter.spaceAfterOperandSeparator = true;
  formatter.memorySizeOptions = MemorySizeOptions.Always;
  return formatter;
}
