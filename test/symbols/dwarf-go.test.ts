// A Go program: its variables, types, lines and functions, as gdb and llvm-symbolizer see them.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { DebugInfo } from '../../src/symbols/debug-info.js';
import type { Type } from '../../src/symbols/types.js';
import { describeWith } from '../helpers/requirement.js';
import { openDebugInfo, scratchFolder } from './dwarf-tools.js';

const SOURCE = `
package main

import "fmt"

type Item struct {
	Name  string
	Count int32
	Tags  []string
	Prices map[string]float64
	Next  *Item
	Any   interface{}
	Call  func(int) int
	Grid  [3][2]uint16
}
type Kind uint8

var Stock = Item{Name: "a", Count: 3, Tags: []string{"x"}}
var total uint64
var kind Kind = 2
var Limit = 4.5
var pair struct{ a, b int8 }
var ready bool
var letters = []rune("abc")
var wait chan int

//go:noinline
func take(n int32) int32 {
	Stock.Count -= n
	total++
	return Stock.Count
}

func main() {
	fmt.Println(take(2), total, kind, Limit, pair, ready, letters, wait, Stock)
}
`;

const VARIABLES = ['Stock', 'total', 'kind', 'Limit', 'pair', 'ready', 'letters', 'wait'].map((name) => `main.${name}`);
const MEMBERS = ['Name', 'Count', 'Tags', 'Prices', 'Next', 'Any', 'Call', 'Grid'];

function gdb(program: string, commands: readonly string[]): string[] {
  const options = ['-batch', '-nx', '-iex', 'set debuginfod enabled off', '-iex', 'set auto-load off', '-ex', 'set language c'];
  const args = [...options, ...commands.flatMap((command) => ['-ex', `output${command}`, '-ex', 'echo \\n']), program];
  return execFileSync('gdb', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    .trim()
    .split('\n');
}

function withoutAliases(type: Type | null | undefined): Type | null {
  let inner = type ?? null;
  while (inner?.kind === 'alias') inner = inner.target();
  return inner;
}

describeWith(['command:go', 'gdb'], 'a Go program', () => {
  const scratch = scratchFolder();
  const folder = join(scratch, 'go');
  const program = join(folder, 'program');
  let info: DebugInfo;

  beforeAll(() => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'main.go'), SOURCE);
    const env = { ...process.env, GOCACHE: join(scratch, 'cache'), GOFLAGS: '-mod=mod', GO111MODULE: 'off', CGO_ENABLED: '0' };
    execFileSync('go', ['build', '-o', program, 'main.go'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    info = openDebugInfo(program);
  });

  test('has its package variables at the addresses and of the sizes that gdb says', () => {
    const addresses = gdb(
      program,
      VARIABLES.map((name) => `/x (long)&'${name}'`),
    );
    const sizes = gdb(
      program,
      VARIABLES.map((name) => ` sizeof('${name}')`),
    );
    const ours = VARIABLES.map((name) => info.variables(name)[0]);
    expect(ours.map((variable) => `0x${variable?.address?.toString(16)}`)).toEqual(addresses);
    expect(ours.map((variable) => String(variable?.type()?.size))).toEqual(sizes);
    expect(info.problems).toEqual([]);
  });

  test('has the members of its structs where gdb says', () => {
    const type = withoutAliases(info.variables('main.Stock')[0]?.type());
    const members = type?.kind === 'struct' ? type.members : [];
    expect(members.map(({ name }) => name)).toEqual(MEMBERS);
    const base = info.variables('main.Stock')[0]?.address ?? 0n;
    const theirs = gdb(
      program,
      MEMBERS.map((name) => `/x (long)&'main.Stock'.${name}`),
    );
    expect(members.map(({ offset }) => `0x${(base + BigInt(offset)).toString(16)}`)).toEqual(theirs);
    const inner = (name: string): Type | null => withoutAliases(members.find((member) => member.name === name)?.type());
    expect(inner('Name')).toMatchObject({ kind: 'struct', name: 'string', size: 16 });
    expect(inner('Tags')).toMatchObject({ kind: 'struct', name: '[]string', size: 24 });
    expect(inner('Next')).toMatchObject({ kind: 'pointer', name: '*main.Item' });
    expect(inner('Grid')).toMatchObject({ kind: 'array', count: 3, size: 12 });
  });
});
