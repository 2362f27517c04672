// Watches on what pointers lead to, from the command line: in a program that runs, and in one whose pointers the loader still has to set.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWith } from '../helpers/requirement.js';
import { messagesOf, runHwbkpt } from '../helpers/run-hwbkpt.js';

const SOURCE = `
#include <stdlib.h>
struct node { int value; struct node *next; char name[8]; };
struct node nodes[3] = { { 1, &nodes[1], "one" }, { 2, &nodes[2], "two" }, { 3, 0, "three" } };
struct node *first = &nodes[0], *never, *later;
struct pair { int x, y; } pair;
struct node *volatile *slot = (struct node *volatile *)&later;
int main(void) {
  for (int i = 0; i < 5; i++) { first->next->value++; nodes[2].name[0]++; pair.x = i; pair.y = -i; }
  *slot = malloc(sizeof *later);
  later->value = 7;
  return 0;
}`;

/** Writes all elements after each pause; `at` tells which of them is meant. */
const INDEXED = `
#include <unistd.h>
int at, table[4];
int main(void) {
  for (int round = 0; round < 3; round++) {
    usleep(250000);
    at = round;
    usleep(250000);
    for (int i = 0; i < 4; i++) table[i] = round * 10 + i;
  }
  return 0;
}`;

describeWith(['perf', 'ptrace', 'gcc'], 'watches through pointers', () => {
  let folder = '';
  let program = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'hwbkpt-pointers-'));
    program = join(folder, 'program');
    writeFileSync(join(folder, 'program.c'), SOURCE);
    execFileSync('gcc', ['-g', '-O0', '-fPIE', '-pie', '-o', program, 'program.c'], { cwd: folder });
    writeFileSync(join(folder, 'indexed.c'), INDEXED);
    execFileSync('gcc', ['-g', '-O0', '-o', 'indexed', 'indexed.c'], { cwd: folder });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const watch = (...words: readonly string[]) => runHwbkpt(['watch', ...words, '--', program]);

  test('that the loader sets: hits on what they lead to', async () => {
    const run = await watch('first->next->value', '*first->next->next', '--json');
    const hits = messagesOf(run, 'hit');
    expect(hits.filter((hit) => hit.watch === 'first->next->value').map((hit) => hit.new)).toEqual([3, 4, 5, 6, 7]);
    const structs = hits.filter((hit) => hit.watch === '*first->next->next').map((hit) => hit.new);
    expect(structs).toHaveLength(5);
    expect(structs.at(-1)).toEqual({ value: 3, next: '0x0', name: 'yhree' });
  });

  test('with a variable as index: what it told at first, or with --follow what it tells', async () => {
    const indexed = join(folder, 'indexed');
    const values = async (...options: readonly string[]): Promise<unknown[]> =>
      messagesOf(await runHwbkpt(['watch', 'table[at]', ...options, '--json', '--', indexed]), 'hit').map((hit) => hit.new);
    expect(await values()).toEqual([0, 10, 20]);
    expect(await values('--follow')).toEqual([0, 11, 22]);
  });

  test('whole structs, with their parts', async () => {
    const { stdout, status } = await watch('pair', '--quiet');
    expect(status).toBe(0);
    expect(stdout).toContain('pair: {x = 3, y = -3} -> {x = 4, y = -3}');
    expect(stdout).toContain('pair: {x = 4, y = -3} -> {x = 4, y = -4}');
  });

  test('pointers are shown with what they point to', async () => {
    // The loader sets it.
    const { stdout } = await watch('slot', '--limit', '1');
    expect(stdout).toMatch(/slot: (0x[0-9a-f]+|\?) -> 0x[0-9a-f]+ <later> /);
  });

  test.each([
    ['never->value', /^hwbkpt: never is null: there is nothing behind it\n {2}never->value\n {9}\^\n {2}Watch never itself/],
    ['first->nxet->value', /^hwbkpt: \*first \(struct node\) has no member nxet\n {2}first->nxet->value\n {9}\^\n {2}Did you mean next\?/],
    ['((struct nod *)first)->value', /^hwbkpt: there is no type struct nod\n/],
    ['*$rsp', /^hwbkpt: \$rsp has another value at every moment/],
    ['&pair', /^hwbkpt: &pair is the address 0x[0-9a-f]+, not memory that can be watched\n {2}What is there is written \*&pair\.\n$/],
  ])('%s is refused, with the place', async (expression, message) => {
    const { stderr, status } = await watch(expression);
    expect(stderr).toMatch(message);
    expect(status).toBe(125);
  });
});
