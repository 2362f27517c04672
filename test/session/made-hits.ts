// Hits as an engine would report them, made from a few lines of machine code and the registers after each: what pipelines are tested with.
import { as, type VirtualAddress } from '../../src/base/brand.js';
import { highU32, lowU32 } from '../../src/base/u64.js';
import type { RawHit } from '../../src/engines/contract.js';
import { newRawHit } from '../../src/engines/reports.js';
import { AccessRebuilder, codeFromBytes, loadDecoder, registersFrom } from '../../src/instructions/index.js';
import type { Access } from '../../src/model/access.js';
import type { TargetEvent, WatchInfo } from '../../src/model/hit.js';
import type { ValueType } from '../../src/model/value.js';
import type { HitRecord } from '../../src/session/hit-record.js';
import { isMark, Outbox } from '../../src/session/outbox.js';
import type { PipelineContext } from '../../src/session/pipeline.js';
import { PlaceCache } from '../../src/session/places.js';
import { STAMPED_IN_TRAP, type Stamps } from '../../src/session/race.js';
import { WatchPipeline } from '../../src/session/watch-pipeline.js';

/** Where the made code and the made variable lie. */
export const CODE = 0x40_1000n;
export const DATA = 0x40_4000n;
/** A moment, ns; far from 0, so that nothing depends on it. */
export const START = 5_000_000_000_000;
export const MICROSECOND = 1000;
export const MILLISECOND = 1_000_000;

/** Instructions on memory at RSI, each with its code; hits are reported at the instruction after it. */
const INSTRUCTIONS = {
  /** mov %rdi,(%rsi) */
  store8: [0x48, 0x89, 0x3e],
  /** mov %edi,(%rsi) */
  store4: [0x89, 0x3e],
  /** mov %di,(%rsi) */
  store2: [0x66, 0x89, 0x3e],
  /** mov %dil,(%rsi) */
  store1: [0x40, 0x88, 0x3e],
  /** add %rdi,(%rsi) */
  add8: [0x48, 0x01, 0x3e],
  /** addl $1,(%rsi) */
  increment4: [0x83, 0x06, 0x01],
  /** xchg %rdi,(%rsi): RDI shows what was found */
  exchange8: [0x48, 0x87, 0x3e],
  /** mov (%rsi),%rdi */
  load8: [0x48, 0x8b, 0x3e],
  /** mov (%rsi),%edi */
  load4: [0x8b, 0x3e],
  /** movaps %xmm0,(%rsi): shows nothing of what it stored */
  vector16: [0x0f, 0x29, 0x06],
  /** movq %xmm0,(%rsi): likewise */
  vector8: [0x66, 0x0f, 0xd6, 0x06],
} as const satisfies Record<string, readonly number[]>;

export type Instruction = keyof typeof INSTRUCTIONS;

const NAMES = Object.keys(INSTRUCTIONS) as Instruction[];
/** Each instruction in a function of its own, 16 bytes apart. */
const SPACING = 16n;

function startOf(instruction: Instruction): bigint {
  return CODE + SPACING * BigInt(NAMES.indexOf(instruction));
}

function madeCode(): Uint8Array {
  const bytes = new Uint8Array(Number(SPACING) * NAMES.length).fill(0xc3);
  for (const name of NAMES) bytes.set(INSTRUCTIONS[name], Number(startOf(name) - CODE));
  return bytes;
}

const decoder = await loadDecoder();

export function madeRebuilder(): AccessRebuilder {
  const end = CODE + SPACING * BigInt(NAMES.length);
  return new AccessRebuilder(decoder, codeFromBytes(CODE, madeCode()), (at) =>
    at >= CODE && at < end ? at - ((at - CODE) % SPACING) : null,
  );
}

/** What a made hit says; all but the time has a default. */
export interface MadeHit {
  /** ns after {@link START}. */
  readonly time: number;
  readonly by?: Instruction;
  /** Where RSI points, bytes from {@link DATA}; default 0. */
  readonly at?: number;
  /** RDI after the instruction. */
  readonly value?: bigint;
  readonly flags?: bigint;
  readonly pid?: number;
  readonly tid?: number;
  readonly cpu?: number;
  readonly cookie?: number;
}

/** The report of a hit by user code. */
export function rawHit(hit: MadeHit): RawHit {
  const { by = 'store8', at = 0, value = 0n, flags = 0x202n } = hit;
  const registers = registersFrom({ si: DATA + BigInt(at), di: BigInt.asUintN(64, value), sp: 0x7fff_0000n, flags });
  return raw(hit, startOf(by) + BigInt(INSTRUCTIONS[by].length), registers, false);
}

/** The report of one step of a copy by the kernel, which writes at `at`. */
export function kernelHit(hit: MadeHit & { readonly stack?: bigint; readonly step?: number }): RawHit {
  const registers = registersFrom({ di: DATA + BigInt(hit.at ?? 0), sp: hit.stack ?? 0xffff_c900_0010_0000n });
  return raw(hit, 0xffff_ffff_8100_0000n + BigInt(hit.step ?? 0), registers, true);
}

function raw({ time, pid = 1, tid = 1, cpu = 0, cookie = 1 }: MadeHit, ip: bigint, ...[registers, kernel]: [Uint32Array, boolean]): RawHit {
  const at = BigInt(START + time);
  const halves = { timeLo: lowU32(at), timeHi: highU32(at), ipLo: lowU32(ip), ipHi: highU32(ip) };
  return { ...newRawHit(), cookie, pid, tid, cpu, ...halves, kernel, registers };
}

/** How the watch of a {@link MadeWatch} is. */
export interface MadeWatchOptions {
  readonly size?: number;
  readonly type?: ValueType;
  readonly access?: Access;
  /** Bytes covered before and after the watched ones. */
  readonly before?: number;
  readonly after?: number;
  readonly pieces?: number;
  readonly stamps?: Stamps;
  /** Bytes at the start; null (the default): not known. */
  readonly start?: Uint8Array | null;
}

/** A pipeline on a watch of made memory, and what has come out of it. */
export class MadeWatch {
  readonly pipeline: WatchPipeline;
  readonly outbox = new Outbox();
  readonly info: WatchInfo;
  /** What a look at memory shows, by process; null: it cannot be read. */
  readonly memory = new Map<number, Uint8Array | null>();
  looks = 0;

  constructor(options: MadeWatchOptions = {}) {
    const { size = 8, access = 'write', before = 0, after = 0 } = options;
    const type: ValueType = options.type ?? (size <= 8 ? { kind: 'signed', size, name: 'long' } : { kind: 'bytes', size, name: 'bytes' });
    this.info = { expression: 'made', address: as<VirtualAddress>(DATA + BigInt(before)), size, access, type };
    const covered = { address: DATA, length: before + size + after };
    this.pipeline = new WatchPipeline(this.info, covered, options.pieces ?? 1, this.#context(options.stamps ?? STAMPED_IN_TRAP));
    this.pipeline.start(1, options.start ?? null);
  }

  #context(stamps: Stamps): PipelineContext {
    const rebuilder = madeRebuilder();
    return {
      rebuilder: () => rebuilder,
      places: new PlaceCache((address) => ({ function: placeName(address), file: null, line: null, module: 'made', offset: 0 })),
      ...{ outbox: this.outbox, stamps },
      readMemory: (pid) => {
        this.looks++;
        return this.memory.get(pid)?.slice() ?? null;
      },
      comm: (_, tid) => `thread ${tid}`,
      stack: () => null,
    };
  }

  /** Reports hits by user code, in this order. */
  hits(...hits: MadeHit[]): void {
    for (const hit of hits) this.pipeline.report(rawHit(hit));
  }

  /** At `time` memory holds `value`, and a round takes a look at it. All times in ns after {@link START}. */
  look(value: bigint | Uint8Array | null, time: number, pid = 1): void {
    this.memory.set(pid, typeof value === 'bigint' ? bytesOf(value, this.info.size) : value);
    this.round(Number.NEGATIVE_INFINITY, time);
  }

  /** A round at `time`, all hits up to `horizon` being known. */
  round(horizon: number, time: number): void {
    this.pipeline.endRound(START + horizon, () => START + time);
  }

  /** Everything that came out, complete or not. */
  items(): (HitRecord | TargetEvent)[] {
    return this.outbox.take(() => false).filter((item) => !isMark(item));
  }

  /** What the hits show, one line each: `store8 1 -> 2 registers`, `unseen 1 -> 3`; ` open` behind what may still change. */
  lines(): string[] {
    return this.items().map((item) => (item.kind === 'hit' ? hitLine(item) : eventLine(item)));
  }
}

function placeName(address: bigint): string {
  return address >= 0xffff_0000_0000_0000n ? 'kernel' : (NAMES[Number((address - CODE) / SPACING)] ?? 'nowhere');
}

function hitLine(hit: HitRecord): string {
  const source = hit.valueSource === null ? '' : ` ${hit.valueSource}`;
  return `${hit.place.function} ${hit.oldValue} -> ${hit.newValue}${source}${hit.repeat > 1 ? ` x${hit.repeat}` : ''}${hit.unresolved ? ' open' : ''}`;
}

function eventLine(event: TargetEvent): string {
  if (event.kind !== 'unseen-change') return event.kind;
  return `unseen ${number(event.expected)} -> ${number(event.found)}`;
}

function number(bytes: Uint8Array | null): string {
  if (bytes === null) return 'null';
  return BigInt.asIntN(
    bytes.length * 8,
    bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n),
  ).toString();
}

/** `size` bytes of `value`, little-endian. */
export function bytesOf(value: bigint, size: number): Uint8Array {
  const unsigned = BigInt.asUintN(size * 8, value);
  return Uint8Array.from({ length: size }, (_, i) => Number((unsigned >> BigInt(8 * i)) & 0xffn));
}
