// The libraries of a process, out of the dynamic linker's own list in its memory.
//
//   r_debug:  0 version i32 | 8 first link_map | 16 r_brk | 24 state i32 | 32 linker's base
//   link_map: 0 l_addr | 8 l_name (char *) | 16 l_ld | 24 l_next | 32 l_prev
import { byteString } from '../../protocols/rsp/index.js';
import type { Client } from '../../session/debug/index.js';
import { AUXILIARY, auxiliaryValue } from './procfs.js';

export interface Library {
  readonly linkMap: bigint;
  /** What its addresses in the file are moved by. */
  readonly bias: bigint;
  readonly dynamic: bigint;
  /** A byte string. */
  readonly name: string;
}

const PROGRAM_HEADER_SIZE = 56;
const SEGMENT = { dynamic: 2, self: 6 } as const;
const TAG = { end: 0n, debug: 21n } as const;
/** A chain longer than this is none. */
const MOST_LIBRARIES = 5000;
const MOST_DYNAMIC = 4096;
const LONGEST_NAME = 4096;
const PAGE = 4096;

export class Libraries {
  readonly #client: Client;
  /** By process: where DT_DEBUG's value is. */
  readonly #debugEntries = new Map<number, bigint>();
  #last = '';

  constructor(client: Client) {
    this.#client = client;
  }

  /** Another program runs. */
  forget(): void {
    this.#debugEntries.clear();
    this.#last = '';
  }

  /** Whether they are others than at the last call. */
  async haveChanged(pid: number): Promise<boolean> {
    const maps = (await this.list(pid)).map(({ linkMap }) => linkMap.toString(16)).join(' ');
    const isNew = maps !== this.#last;
    this.#last = maps;
    return isNew;
  }

  /** All, the program itself first; none where the linker has not begun, or there is none. */
  async list(pid: number): Promise<Library[]> {
    const entry = await this.debugEntry(pid);
    if (entry === null) return [];
    const debug = await this.#word(pid, entry);
    const libraries: Library[] = [];
    let at = debug === null || debug === 0n ? 0n : ((await this.#word(pid, debug + 8n)) ?? 0n);
    while (at !== 0n && libraries.length < MOST_LIBRARIES) {
      const words = await this.#words(pid, at, 4);
      if (words === null) break;
      const [bias = 0n, name = 0n, dynamic = 0n, next = 0n] = words;
      libraries.push({ linkMap: at, bias, dynamic, name: await this.#text(pid, name) });
      at = next;
    }
    return libraries;
  }

  /** Where the program's dynamic section has, or will have, the address of r_debug; null for a static program. */
  async debugEntry(pid: number): Promise<bigint | null> {
    const entry = this.#debugEntries.get(pid) ?? (await this.#findDebugEntry(pid));
    if (entry !== null) this.#debugEntries.set(pid, entry);
    return entry;
  }

  async #findDebugEntry(pid: number): Promise<bigint | null> {
    const headers = auxiliaryValue(pid, AUXILIARY.programHeaders);
    const count = Number(auxiliaryValue(pid, AUXILIARY.programHeaderCount) ?? 0n);
    const bytes = headers === null ? null : await this.#client.readMemory(pid, headers, count * PROGRAM_HEADER_SIZE);
    if (headers === null || bytes === null) return null;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const segments = Array.from({ length: count }, (_, index) => ({
      type: view.getUint32(index * PROGRAM_HEADER_SIZE, true),
      address: view.getBigUint64(index * PROGRAM_HEADER_SIZE + 16, true),
    }));
    const self = segments.find(({ type }) => type === SEGMENT.self);
    const dynamic = segments.find(({ type }) => type === SEGMENT.dynamic);
    if (dynamic === undefined) return null;
    return this.#findTag(pid, dynamic.address + (self === undefined ? 0n : headers - self.address));
  }

  async #findTag(pid: number, dynamic: bigint): Promise<bigint | null> {
    for (let at = dynamic; at < dynamic + BigInt(MOST_DYNAMIC); at += 16n) {
      const tag = await this.#word(pid, at);
      if (tag === null || tag === TAG.end) return null;
      if (tag === TAG.debug) return at + 8n;
    }
    return null;
  }

  async #word(pid: number, address: bigint): Promise<bigint | null> {
    return (await this.#words(pid, address, 1))?.[0] ?? null;
  }

  async #words(pid: number, address: bigint, count: number): Promise<bigint[] | null> {
    const bytes = await this.#client.readMemory(pid, address, count * 8);
    if (bytes === null) return null;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return Array.from({ length: count }, (_, index) => view.getBigUint64(index * 8, true));
  }

  /** Up to its end, page by page: the next one may not be mapped. */
  async #text(pid: number, address: bigint): Promise<string> {
    let text = '';
    while (address !== 0n && text.length < LONGEST_NAME) {
      const at = address + BigInt(text.length);
      const bytes = await this.#client.readMemory(pid, at, PAGE - Number(at % BigInt(PAGE)));
      if (bytes === null) return text;
      const end = bytes.indexOf(0);
      text += byteString(end < 0 ? bytes : bytes.subarray(0, end));
      if (end >= 0) return text;
    }
    return text;
  }
}
