// What gdb wrote at each of its stops (gdb-steps.py), and a program's modules as they were mapped then.
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import type { LiveModule } from '#hwbkpt/symbols/live/live-module.js';
import { parseMaps, rangeAt } from '#hwbkpt/symbols/live/maps.js';
import { ModuleLoader } from '#hwbkpt/symbols/live/module-loader.js';
import type { UnwoundImage } from '#hwbkpt/symbols/live/unwinder.js';

/** gdb's kinds of frames, as far as they matter here. */
export const GDB_FRAME = { normal: 0, inline: 2, tailCall: 3, signal: 4 } as const;

/** One frame of gdb's backtrace. */
export interface GdbFrame {
  readonly pc: number;
  /** As gdb prints it, or null. */
  readonly name: string | null;
  readonly type: number;
}

export interface GdbStop {
  /** By DWARF's numbers; the last one is the instruction pointer. */
  readonly registers: Float64Array;
  /** From the stack pointer upwards. */
  readonly stack: Uint32Array;
  readonly frames: readonly GdbFrame[];
  readonly image: RecordedImage;
}

interface Line {
  readonly registers?: readonly string[];
  readonly stack?: string;
  readonly frames?: readonly { readonly pc: string; readonly name: string | null; readonly type: number }[];
  readonly maps?: string;
}

/** A program's memory map of one moment, with the files that were mapped. */
export class RecordedImage implements UnwoundImage, Disposable {
  readonly #ranges: ReturnType<typeof parseMaps>;
  readonly #loader = new ModuleLoader(process.pid, undefined);
  readonly #modules: readonly LiveModule[];

  constructor(maps: string) {
    this.#ranges = parseMaps(maps);
    this.#modules = this.#loader.load(
      this.#ranges.filter(({ path }) => path !== '[vdso]'),
      null,
    );
  }

  moduleAt(address: bigint): LiveModule | null {
    return this.#modules.find((module) => module.contains(address)) ?? null;
  }

  isExecutable(address: bigint): boolean {
    return rangeAt(this.#ranges, address)?.executable === true;
  }

  readCode(address: bigint, length: number): Uint8Array | null {
    const range = rangeAt(this.#ranges, address);
    const file = this.moduleAt(address)?.file ?? null;
    return range === null || file === null ? null : file.fileBytes(range.offset + Number(address - range.start), length);
  }

  [Symbol.dispose](): void {
    this.#loader[Symbol.dispose]();
  }
}

/** The stops in `path`, in order. Their images stay open. */
export function readStops(path: string): GdbStop[] {
  const stops: GdbStop[] = [];
  let image: RecordedImage | null = null;
  for (const text of readFileSync(path, 'utf8').split('\n')) {
    const line: Line = text === '' ? {} : JSON.parse(text);
    if (line.maps !== undefined) image = new RecordedImage(line.maps);
    if (line.registers === undefined || image === null) continue;
    const bytes = Buffer.from(line.stack ?? '', 'base64');
    stops.push({
      registers: Float64Array.from(line.registers, Number),
      stack: new Uint32Array(Uint8Array.from(bytes).buffer),
      frames: (line.frames ?? []).map(({ pc, name, type }) => ({ pc: Number(pc), name, type })),
      image,
    });
  }
  return stops;
}
