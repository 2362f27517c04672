// Searching a process's memory for a value: bytes a second, beside only reading the same memory, and beside scanmem where it is installed.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { ChunkReader } from '#hwbkpt/linux/chunk-reader.js';
import { Finder, type FindType, type Monitor, soughtValue } from '#hwbkpt/session/find/index.js';
import { parseMaps } from '#hwbkpt/symbols/live/maps.js';
import { buildProgram, HWBKPT, isInstalled, run } from './programs.js';
import { median, rounded } from './statistics.js';

export interface FindRow {
  readonly what: string;
  readonly gigabytesPerSecond: number;
}

const MEGABYTES = 1536;
const BYTES = MEGABYTES * 2 ** 20;
const RUNS = 5;
const CHUNK = 2 ** 20;
const QUIET: Monitor = { progress: async () => undefined };

/** What is looked for: values that are nowhere or nearly so, but for u8, which every 256th byte of random memory holds. */
const SEARCHES: readonly { readonly type: FindType; readonly value: string; readonly unaligned: boolean }[] = [
  { type: 'int32', value: '81726354', unaligned: false },
  { type: 'int64', value: '81726354', unaligned: false },
  { type: 'f64', value: '1234.5625', unaligned: false },
  { type: 'u16', value: '54321', unaligned: false },
  { type: 'u8', value: '77', unaligned: false },
  { type: 'text', value: 'a sword of light', unaligned: false },
  // With zeros in it, as most numbers have.
  { type: 'int32', value: '1000', unaligned: true },
];

export async function measureFind(): Promise<FindRow[]> {
  const child = spawn(buildProgram('values-on-command', 'initial').path, ['--wait', '--megabytes', String(MEGABYTES)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    await ready(child);
    return await measure(child.pid ?? 0);
  } finally {
    child.kill();
  }
}

async function ready(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('ready')) resolve();
    });
  });
}

async function measure(pid: number): Promise<FindRow[]> {
  const rows: FindRow[] = [{ what: 'process_vm_readv alone', gigabytesPerSecond: await rate(async () => readAll(pid)) }];
  for (const { type, value, unaligned } of SEARCHES) {
    const what = `search: ${type}${unaligned ? ', unaligned' : ''}`;
    rows.push({ what, gigabytesPerSecond: await rate(() => search(pid, soughtValue(value, type), unaligned)) });
  }
  const command = ['find', '81726354', '--pid', String(pid)];
  rows.push({
    what: 'hwbkpt find, the whole command: int32',
    gigabytesPerSecond: await rate(() => run(process.execPath, [HWBKPT, ...command])),
  });
  if (isInstalled('scanmem')) rows.push({ what: 'scanmem: int32', gigabytesPerSecond: await rate(() => scanmem(pid)) });
  return rows;
}

async function rate(once: () => Promise<unknown>): Promise<number> {
  const figures: number[] = [];
  for (let i = 0; i < RUNS; i++) {
    const start = performance.now();
    await once();
    figures.push(BYTES / 1e6 / (performance.now() - start));
  }
  return rounded(median(figures), 2);
}

/** The ceiling: the large mapping read, and not looked at. */
function readAll(pid: number): void {
  using reader = new ChunkReader(CHUNK);
  const large = parseMaps(readFileSync(`/proc/${pid}/maps`, 'utf8')).find(({ start, end }) => Number(end - start) >= BYTES);
  if (large === undefined) throw new Error('the program has no large mapping');
  for (let address = large.start; address < large.end; address += BigInt(CHUNK))
    reader.visit(pid, { address, length: CHUNK }, () => undefined);
}

async function search(pid: number, sought: ReturnType<typeof soughtValue>, unaligned: boolean): Promise<void> {
  using finder = new Finder({ kind: 'process', pid });
  await finder.begin(sought, { part: 'all', unaligned }, QUIET);
}

async function scanmem(pid: number): Promise<unknown> {
  return run('scanmem', ['-p', String(pid), '-c', 'option scan_data_type int32; 81726354; exit']);
}
