// watch --instruction: the very instruction that made each access, though the processor reports where it went on.
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { BpfEngine } from '../../src/engines/bpf/engine.js';
import { buildFixture } from '../helpers/build-fixture.js';
import { describeWith } from '../helpers/requirement.js';
import { type MessageOf, messagesOf, runHwbkpt } from '../helpers/run-hwbkpt.js';

const engines = BpfEngine.try() === null ? ['perf', 'bpf'] : ['perf'];

/** Labels of the fixture's instructions by address. */
function labels(program: string): Map<string, string> {
  const lines = execFileSync('nm', [program], { encoding: 'utf8' }).matchAll(/^0*([0-9a-f]+) T (by_\w+)$/gm);
  return new Map([...lines].map(([, address, name]) => [`0x${address}`, `${name}`]));
}

async function userHits(program: string, ...options: string[]): Promise<MessageOf<'hit'>[]> {
  const run = await runHwbkpt(['watch', 'shared:8', '--instruction', '--json', ...options, '--', program]);
  expect(run.stderr).toBe('');
  return messagesOf(run, 'hit').filter(({ kernel, function: name }) => !kernel && name !== 'main');
}

/** One after the other, each once. */
function withoutRepetition(list: readonly string[]): string[] {
  return list.filter((one, i) => one !== list[i - 1]);
}

const WRITES = [
  ['by_store', 'mov qword ptr [0x404040], 1'],
  ['by_add', 'add qword ptr [0x404040], 2'],
  ['by_store_before_branch', 'mov byte ptr [0x404040], 3'],
  ['by_vector', 'movaps xmmword ptr [0x404040], xmm0'],
  ['by_repeated_store', 'rep stosb byte ptr [rdi]'],
  ['by_setting', 'mov qword ptr [0x404040], rax'],
  ['by_setting_again', 'mov qword ptr [0x404040], rax'],
  ['by_pushing_call', 'call'],
  ['by_push', 'push 7'],
] as const;

/** With reads, in order. A return is known to be one, but not which. */
const ALL = [
  ...WRITES.slice(0, 5),
  ['by_load', 'mov rdx, qword ptr [0x404040]'],
  WRITES[5],
  ['by_call', 'call qword ptr [0x404040]'],
  ['by_jump_of_stub', 'jmp qword ptr [0x404040]'],
  WRITES[6],
  ['by_jump', 'jmp qword ptr [rbx+rcx*8]'],
  WRITES[7],
  [null, 'ret'],
  WRITES[8],
  ['by_pop', 'pop rdx'],
] as const;

/** `by_add: add qword ptr [X], 2`: addresses in the code differ from build to build. */
function described(hits: readonly MessageOf<'hit'>[], known: ReadonlyMap<string, string>): string[] {
  return withoutRepetition(
    hits.map(({ instruction, instruction_address: at }) => lineOf(at === null ? null : (known.get(at) ?? at), instruction)),
  );
}

function lineOf(label: string | null, text: string | null): string {
  return `${label}: ${text?.replace(/\[0x\w+\]/, '[X]').replace(/^call 0x\w+$/, 'call')}`;
}

const expected = (list: readonly (readonly [string | null, string])[]): string[] => list.map(([label, text]) => lineOf(label, text));

describeWith(['perf', 'ptrace', 'gcc'], 'watch --instruction', () => {
  test.each(engines)('%s: stores, reads, REP, calls, jumps, stack', async (engine) => {
    const program = await buildFixture('access-forms');
    const hits = await userHits(program, '--access', 'rw', '--stack', '1', '--engine', engine);
    expect(described(hits, labels(program))).toEqual(expected(ALL));
  });

  test.each(engines)('%s: writes only', async (engine) => {
    const program = await buildFixture('access-forms');
    const hits = await userHits(program, '--stack', '1', '--engine', engine);
    expect(described(hits, labels(program))).toEqual(expected(WRITES));
  });

  test.each(engines)('%s: hits that a condition has chosen', async (engine) => {
    const program = await buildFixture('access-forms');
    const hits = await userHits(program, '--if', 'new == 3', '--engine', engine);
    // Hits of which it cannot be said are shown too, after these.
    expect(described(hits, labels(program)).slice(0, 2)).toEqual(expected(WRITES.slice(1, 3)));
  });

  test('where code is watched, the instruction there', async () => {
    const program = await buildFixture('access-forms');
    const [address = ''] = [...labels(program)].find(([, name]) => name === 'by_add') ?? [];
    const run = await runHwbkpt(['watch', address, '--access', 'x', '--instruction', '--json', '--', program]);
    expect(described(messagesOf(run, 'hit'), labels(program))).toEqual(expected(WRITES.slice(1, 2)));
  });

  test('is null unless it is asked for', async () => {
    const program = await buildFixture('access-forms');
    const run = await runHwbkpt(['watch', 'shared:8', '--limit', '1', '--json', '--', program]);
    expect(messagesOf(run, 'hit')).toMatchObject([{ instruction: null, instruction_address: null }]);
  });
});
