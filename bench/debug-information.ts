// Debug information of a large program: from a variable's name to its address, and from addresses to places, beside gdb and llvm-symbolizer.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bigProgram } from './big-program.js';
import { isInstalled } from './programs.js';
import { median, rounded } from './statistics.js';

const MODULE_FILE = fileURLToPath(new URL('../../dist/symbols/live/module-file.js', import.meta.url));
const ADDRESSES = 100_000;

export interface DebugInformationRow {
  readonly what: string;
  /** Seconds, median. */
  readonly seconds: number;
  readonly perSecond?: number;
}

/** Every process is a new one, so starting it is in every figure. */
export function measureDebugInformation(rounds: number): DebugInformationRow[] {
  const { path, variable } = bigProgram();
  const cache = mkdtempSync(join(tmpdir(), 'hwbkpt-bench-'));
  const find = `const { openModuleFile } = await import(${JSON.stringify(MODULE_FILE)});
    const found = openModuleFile(${JSON.stringify(path)}).variables(${JSON.stringify(variable)});
    if (found[0]?.address === undefined) throw new Error('not found');`;
  const figures = { first: [] as number[], kept: [] as number[], gdb: [] as number[] };
  try {
    for (let round = 0; round < rounds; round++) {
      rmSync(join(cache, 'hwbkpt'), { recursive: true, force: true });
      figures.first.push(seconds(process.execPath, ['--input-type=module', '-e', find], cache));
      figures.kept.push(seconds(process.execPath, ['--input-type=module', '-e', find], cache));
      if (isInstalled('gdb')) {
        const args = ['-q', '-batch', '-nx', '-iex', 'set debuginfod enabled off', '-ex', `print &${variable}`, path];
        figures.gdb.push(seconds('gdb', args, cache));
      }
    }
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
  return [
    { what: 'name to address, first time', seconds: rounded(median(figures.first), 3) },
    { what: 'name to address, index kept', seconds: rounded(median(figures.kept), 3) },
    ...(figures.gdb.length === 0 ? [] : [{ what: 'gdb: start, print the address', seconds: rounded(median(figures.gdb), 3) }]),
    ...measurePlaces(path),
  ];
}

function seconds(command: string, args: readonly string[], cache: string): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, XDG_CACHE_HOME: cache } });
  if (status !== 0) throw new Error(`${command} failed: ${stderr}`);
  return (performance.now() - start) / 1000;
}

/** Addresses spread over one fiftieth of the code, so that few units are touched, as by a real program's hot places. */
function measurePlaces(path: string): DebugInformationRow[] {
  const script = `const { openModuleFile } = await import(${JSON.stringify(MODULE_FILE)});
    const file = openModuleFile(${JSON.stringify(path)});
    const text = file.elf.section('.text');
    const low = text.address + BigInt(text.size >> 1), span = Math.floor(text.size / 50);
    let state = 1;
    const addresses = Array.from({ length: ${ADDRESSES} }, () => low + BigInt((state = (Math.imul(state, 1103515245) + 12345) >>> 0) % span));
    const look = () => { const start = performance.now(); let sum = 0;
      for (const address of addresses) sum += (file.lineAt(address)?.line ?? 0) + (file.debug.functionAt(address) ?? '').length;
      return [(performance.now() - start) / 1000, sum]; };
    const [first] = look();
    const again = [look(), look(), look(), look(), look()].map(([time]) => time).sort((a, b) => a - b)[2];
    console.log(JSON.stringify({ first, again, addresses: addresses.map((address) => '0x' + address.toString(16)) }));`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const { first, again, addresses } = JSON.parse(output) as { first: number; again: number; addresses: string[] };
  const row = (what: string, time: number): DebugInformationRow => ({
    what,
    seconds: rounded(time, 3),
    perSecond: Math.round(ADDRESSES / time),
  });
  const rows = [
    row(`${ADDRESSES} addresses to line and function, first time`, first),
    row(`${ADDRESSES} addresses to line and function, again`, again),
  ];
  if (!isInstalled('llvm-symbolizer')) return rows;
  const start = performance.now();
  execFileSync('llvm-symbolizer', [`--obj=${path}`, '--no-inlines'], { input: `${addresses.join('\n')}\n`, maxBuffer: 1 << 28 });
  return [...rows, row(`llvm-symbolizer: the same addresses`, (performance.now() - start) / 1000)];
}
