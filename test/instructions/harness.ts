// Executes every form on the real processor: writes an assembly file and a driver, compiles them, runs them and reads what they print.
//
// For each form and each of ROUNDS sets of random registers and memory the driver prints one line of hexadecimal fields:
//   index of the form | its registers after, in the layout of registers.ts | memory around the target before | after
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REGISTER_NAMES } from '../../src/instructions/index.js';
import { FORMS, type Form, type Setting } from './forms.js';

/** Sets of values that every form is executed with. */
export const ROUNDS = 16;
/** The memory that is compared: from so many bytes before the target to so many after it. */
export const BYTES_BEFORE = 64;
export const BYTES_AFTER = 96;

/** One execution of one form. */
export interface Execution {
  readonly form: Form;
  readonly place: FormPlace;
  /** In the layout of registers.ts. */
  readonly registers: Uint32Array;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** Where a form's code is. */
export interface FormPlace {
  readonly functionStart: bigint;
  readonly instruction: bigint;
  /** The instruction pointer after it; the start of a function of its own for calls. */
  readonly next: bigint;
  readonly isCall: boolean;
}

/** All that the harness found out. */
export interface HarnessRun {
  readonly executions: readonly Execution[];
  readonly target: bigint;
  readonly codeStart: bigint;
  readonly code: Uint8Array;
  /** Starts of all functions in the code, ascending. */
  readonly functionStarts: readonly bigint[];
}

/** Compiles and runs all forms that this processor can execute. */
export function runHarness(): HarnessRun {
  const forms = FORMS.filter(({ needs }) => needs === null || processorFeatures().has(needs));
  const folder = mkdtempSync(join(tmpdir(), 'hwbkpt-forms-'));
  try {
    const program = compileHarness(folder, forms);
    return parse(forms, execFileSync(program, { encoding: 'latin1', maxBuffer: 1 << 28 }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Compiles `forms` in `folder`; the path of the program. */
export function compileHarness(folder: string, forms: readonly Form[]): string {
  const path = (name: string) => join(folder, name);
  writeFileSync(path('forms.S'), assembly(forms));
  writeFileSync(path('driver.c'), driver(forms));
  execFileSync('gcc', ['-O1', '-no-pie', '-o', path('forms'), path('driver.c'), path('forms.S')], { stdio: 'pipe' });
  return path('forms');
}

/** Flags that /proc/cpuinfo lists. */
export function processorFeatures(): ReadonlySet<string> {
  const line = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'latin1'));
  return new Set((line?.[1] ?? '').trim().split(/\s+/));
}

const FULL_NAMES = REGISTER_NAMES.map((name) => (name.startsWith('r') ? name : `r${name}`));
const SAVED = ['rbx', 'rbp', 'r12', 'r13', 'r14', 'r15'];

function assembly(forms: readonly Form[]): string {
  const general = FULL_NAMES.map((name, index) => ({ name, at: 8 * index })).filter(({ name }) => name !== 'rflags' && name !== 'rsp');
  const enter = [
    ...SAVED.map((name) => `push ${name}`),
    'mov [rip+saved_rsp], rsp',
    'push qword ptr [rip+in+64]',
    'popfq',
    ...general.map(({ name, at }) => `mov ${name}, [rip+in+${at}]`),
    'mov rsp, [rip+in+56]',
  ];
  const leave = [
    ...general.map(({ name, at }) => `mov [rip+out+${at}], ${name}`),
    'mov [rip+out+56], rsp',
    'mov rsp, [rip+saved_rsp]',
    'pushfq',
    'pop qword ptr [rip+out+64]',
    'cld',
    ...[...SAVED].reverse().map((name) => `pop ${name}`),
    'ret',
  ];
  const functions = forms.flatMap(({ assembly: text }, index) => [
    `form_${index}:`,
    ...enter,
    `instruction_${index}:`,
    text.replaceAll('TARGET', 'target').replaceAll('CALLEE', `next_${index}`),
    ...(text.startsWith('call') ? ['ud2'] : []),
    `next_${index}:`,
    ...leave,
  ]);
  const table = forms.map((_, index) => `.quad form_${index}, instruction_${index}, next_${index}`);
  return `.intel_syntax noprefix
.section .note.GNU-stack,"",@progbits
.data
.balign 64
.globl memory, target, in, out, places, forms_begin, forms_end
memory: .skip 256
target: .skip 256
in: .skip 144
out: .skip 144
saved_rsp: .quad 0
places: ${table.join('\n')}
.text
forms_begin:
${functions.join('\n')}
forms_end: nop
`;
}

function driver(forms: readonly Form[]): string {
  const rows = forms.map((form) => `{${FULL_NAMES.map((name) => cSetting(form.registers[name])).join(',')}}`);
  return `#include <stdint.h>
#include <stdio.h>
#include <string.h>
typedef struct { char kind; uint64_t value; } setting;
typedef struct { uint64_t function, instruction, next; } place;
extern uint8_t memory[], target[], forms_begin[], forms_end[];
extern uint64_t in[], out[];
extern place places[];
static const setting settings[][17] = {${rows.join(',\n')}};
static uint64_t state = 88172645463325252ull;
static uint64_t next(void) { state ^= state << 13; state ^= state >> 7; return state ^= state << 17; }
/* Edge values as often as random ones: carries, signs and zeros decide what an instruction does. */
static uint64_t value(void) {
  static const uint64_t edges[] = {0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0x7fffffff, 0x80000000, 0xffffffff, 1ull << 63, ~0ull >> 1, ~0ull};
  uint64_t r = next();
  return r & 1 ? next() : edges[(r >> 8) % 14];
}
static void hex(const uint8_t *bytes, int count) { for (int i = 0; i < count; i++) printf("%02x", bytes[i]); }
static void setUp(int form) {
  for (int i = 0; i < 64; i++) { uint64_t v = value(); memcpy(memory + 8 * i, &v, 8); }
  memset(target + 16, 0x11, 16);
  memcpy(target + 80, &places[form].next, 8);
  for (int r = 0; r < 17; r++) {
    setting s = settings[form][r];
    in[r] = s.kind == 't' ? (uint64_t)target + s.value : s.kind == 'c' ? places[form].next : s.kind == 'v' ? s.value : value();
  }
  if (settings[form][8].kind == 'r') in[8] = (in[8] & 0x8d5) | 0x202; /* CF PF AF ZF SF OF */
}
int main(void) {
  static uint8_t before[512];
  printf("%lx %lx ", (long)target, (long)forms_begin);
  hex(forms_begin, forms_end - forms_begin);
  printf("\\n");
  for (int form = 0; form < ${forms.length}; form++) printf("%lx %lx %lx\\n", places[form].function, places[form].instruction, places[form].next);
  for (int form = 0; form < ${forms.length}; form++)
    for (int round = 0; round < ${ROUNDS}; round++) {
      setUp(form);
      memcpy(before, memory, 512);
      ((void (*)(void))places[form].function)();
      printf("%x ", form);
      for (int r = 0; r < 17; r++) printf("%016lx", out[r]);
      printf(" ");
      hex(before + 256 - ${BYTES_BEFORE}, ${BYTES_BEFORE + BYTES_AFTER});
      printf(" ");
      hex(target - ${BYTES_BEFORE}, ${BYTES_BEFORE + BYTES_AFTER});
      printf("\\n");
    }
}
`;
}

function cSetting(setting: Setting | undefined): string {
  if (setting === undefined) return "{'r',0}";
  if (setting === 'callee') return "{'c',0}";
  return typeof setting === 'bigint' ? `{'v',${BigInt.asUintN(64, setting)}ull}` : `{'t',(uint64_t)(${setting.at}ll)}`;
}

/** Reads what the program of {@link compileHarness} printed. */
export function parse(forms: readonly Form[], output: string): HarnessRun {
  const lines = output.trimEnd().split('\n');
  const [target = '', codeStart = '', code = ''] = (lines[0] ?? '').split(' ');
  const places = forms.map((form, index) => readPlace(form, lines[1 + index] ?? ''));
  const executions = lines.slice(1 + forms.length).map((line) => {
    const [index = '', registers = '', before = '', after = ''] = line.split(' ');
    const form = forms[Number.parseInt(index, 16)];
    const place = places[Number.parseInt(index, 16)];
    if (form === undefined || place === undefined) throw new Error(`not a line of the driver: ${line}`);
    return { form, place, registers: readRegisters(registers), before: Buffer.from(before, 'hex'), after: Buffer.from(after, 'hex') };
  });
  const functionStarts = places.flatMap(({ functionStart, next, isCall }) => (isCall ? [functionStart, next] : [functionStart]));
  return { executions, target: BigInt(`0x${target}`), codeStart: BigInt(`0x${codeStart}`), code: Buffer.from(code, 'hex'), functionStarts };
}

function readPlace(form: Form, line: string): FormPlace {
  const [functionStart = 0n, instruction = 0n, next = 0n] = line.split(' ').map((field) => BigInt(`0x${field}`));
  return { functionStart, instruction, next, isCall: form.assembly.startsWith('call') };
}

function readRegisters(hex: string): Uint32Array {
  const words = new Uint32Array(hex.length / 8);
  for (let register = 0; register < words.length / 2; register++) {
    words[2 * register + 1] = Number.parseInt(hex.slice(16 * register, 16 * register + 8), 16);
    words[2 * register] = Number.parseInt(hex.slice(16 * register + 8, 16 * register + 16), 16);
  }
  return words;
}
