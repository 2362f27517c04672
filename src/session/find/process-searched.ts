// A process as searched memory: its regions, and its program's symbols.
import { HwbkptError } from '../../base/errors.js';
import { ProcessImage } from '../../symbols/live/process-image.js';
import type { Span } from './memory-source.js';
import type { Region } from './process-regions.js';
import { ProcessSource, processRegions, regionsNow, spansOf } from './process-source.js';
import type { Location, SearchedMemory } from './searched-memory.js';

/** Throws NoSuchProcessError, NoPermissionError, BadRequestError, NothingToSearchError. */
export class ProcessSearched implements SearchedMemory {
  readonly source: ProcessSource;
  readonly #pid: number;
  #regions: readonly Region[] | null = null;
  #image: ProcessImage | null | undefined;

  constructor(pid: number) {
    this.source = new ProcessSource(pid);
    this.#pid = pid;
  }

  spans(part: string, zeros: boolean): Span[] {
    return spansOf(this.#pid, processRegions(this.#pid, part), zeros);
  }

  locate(address: bigint): Location {
    this.#regions ??= regionsNow(this.#pid);
    const region = this.#regions.find(({ start, end }) => address >= start && address < end);
    return { region: region?.name ?? null, symbol: region === undefined ? null : this.#symbol(address) };
  }

  #symbol(address: bigint): string | null {
    this.#image ??= this.#openImage();
    const module = this.#image?.moduleAt(address) ?? null;
    if (module === null || module.file === null) return null;
    const at = module.toFile(address);
    const symbol = module.file.symbolAt(at);
    if (symbol === null || symbol.kind !== 'object') return null;
    return symbol.address === at ? symbol.name : `${symbol.name}+0x${(at - symbol.address).toString(16)}`;
  }

  #openImage(): ProcessImage | null {
    try {
      return new ProcessImage(this.#pid);
    } catch (error) {
      if (error instanceof HwbkptError) return null;
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#image?.[Symbol.dispose]();
    this.source[Symbol.dispose]();
  }
}
