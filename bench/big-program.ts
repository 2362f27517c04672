// A program with some 100 MB of .debug_info: generated units with structs, globals and functions; to save the compiler's time most
// are linked many times, under other linker names, as a header's types are in every unit of a real program.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { BUILT } from './programs.js';

const UNITS = 20;
const COPIES = 19;
const STRUCTS = 400;
const GLOBALS = 400;
const FUNCTIONS = 900;

/** The program; built once, which takes a minute or two. The variable is in one unit only, among hundreds of thousands. */
export function bigProgram(): { readonly path: string; readonly variable: string } {
  const folder = `${BUILT}/big`;
  const program = { path: `${folder}/big`, variable: 'unit0_global5' };
  if (existsSync(program.path)) return program;
  mkdirSync(folder, { recursive: true });
  const run = (command: string, ...args: string[]) => execFileSync(command, args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  const objects: string[] = [];
  for (let unit = 0; unit <= UNITS; unit++) {
    writeFileSync(`${folder}/${unit}.c`, unitSource(unit));
    run('gcc', '-g', unit % 3 === 0 ? '-O2' : '-O0', '-w', '-c', `${unit}.c`, '-o', `${unit}.o`);
    for (let copy = 0; copy < (unit === 0 ? 1 : COPIES); copy++) {
      run('objcopy', `--prefix-symbols=${unit === 0 ? '' : `copy${copy}_`}`, `${unit}.o`, `${unit}-${copy}.o`);
      objects.push(`${unit}-${copy}.o`);
    }
  }
  writeFileSync(`${folder}/main.c`, 'int main(void) { return 0; }\n');
  // What a copy calls has another name; nothing of it is ever run.
  run('gcc', '-g', '-Wl,--build-id', '-Wl,--unresolved-symbols=ignore-all', 'main.c', ...objects, '-o', 'big.new');
  run('mv', 'big.new', 'big');
  run('sh', '-c', 'rm -f *.o *.c');
  return program;
}

function unitSource(unit: number): string {
  const lines = [
    ...Array.from({ length: STRUCTS }, (_, i) => structSource(unit, i)),
    ...Array.from({ length: GLOBALS }, (_, i) =>
      i % 3 === 0 ? `static int unit${unit}_static${i} = ${i};` : `struct unit${unit}_record${i} unit${unit}_global${i};`,
    ),
    ...Array.from({ length: FUNCTIONS }, (_, i) => functionSource(unit, i)),
  ];
  return `${lines.join('\n')}\n`;
}

function structSource(unit: number, i: number): string {
  const links = i === 0 ? '' : `struct unit${unit}_record${i - 1} *previous; struct unit${unit}_record${i >> 1} *parent; `;
  return `struct unit${unit}_record${i} { int id; char name[${16 + (i % 17)}]; double weight; ${links}unsigned flags : ${1 + (i % 7)}; long values[${1 + (i % 5)}]; union { int i; float f; } as; int (*callback)(int, char *); enum { u${unit}s${i}_low, u${unit}s${i}_high = ${i} } level; };`;
}

function functionSource(unit: number, i: number): string {
  const record = (number: number) => `struct unit${unit}_record${number % STRUCTS}`;
  return `int unit${unit}_function${i}(int first, ${record(i)} *second, char *third) { int i, total = 0; long sum = first; double mean = 0; static int calls; calls++; for (i = 0; i < first; i++) { int inner = i * 2; ${record(i * 7)} *cursor = 0; total += inner + second->id + (cursor == 0); sum += third[i]; } mean = sum / (double)(total + 1); return total + (int)mean + (int)sum + calls + unit${unit}_static${Math.floor((i % GLOBALS) / 3) * 3}; }`;
}
