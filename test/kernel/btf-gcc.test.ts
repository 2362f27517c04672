// BTF as a compiler writes it, held against the DWARF of the same build: the types of all variables, to the last member.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Btf } from '../../src/symbols/btf/btf.js';
import { type ModuleFile, openModuleFile } from '../../src/symbols/live/module-file.js';
import type { Type } from '../../src/symbols/types.js';
import { FIXTURES } from '../helpers/paths.js';
import { describeWith } from '../helpers/requirement.js';

/** How deep types are compared; what points in circles is never told apart beyond that. */
const DEPTH = 6;

/**
 * A type as plain data. Names are left out where the two formats spell them differently: of pointers and arrays. gcc 12 turns the dimensions of
 * arrays around in BTF, and leaves out the sign of enumerations.
 */
function described(type: Type | null, depth = DEPTH): unknown {
  if (type === null) return null;
  const { kind, size } = type;
  if (depth === 0) return { kind, size };
  switch (kind) {
    case 'base':
      return { kind, size, name: type.name, encoding: type.encoding };
    case 'struct':
    case 'union':
      return {
        ...{ kind, size, name: type.name },
        members: type.members.map(({ name, offset, bits, type: of }) => ({ name, offset, bits, type: described(of(), depth - 1) })),
      };
    case 'array':
      return { kind, size, element: described(innermost(type), depth - 1) };
    case 'pointer':
      return { kind, size, target: described(pointed(type.target()), depth - 1) };
    case 'enum':
      return { kind, size, name: type.name, members: [...type.members].map(([value, name]) => [BigInt.asUintN(32, value), name]) };
    case 'alias':
      return { kind, size, target: described(pointed(type.target()), depth - 1) };
    case 'other':
      return { kind };
  }
}

function innermost(type: Type): Type {
  return type.kind === 'array' ? innermost(type.element()) : type;
}

/** DWARF has no type where BTF has void. */
function pointed(type: Type | null): Type | null {
  return type?.kind === 'other' ? null : type;
}

describeWith(['gcc'], 'the BTF of gcc', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'hwbkpt-btf-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function build(fixture: string): { readonly btf: Btf; readonly file: ModuleFile } | null {
    const program = join(folder, fixture);
    try {
      execFileSync('gcc', ['-g', '-gbtf', '-O1', '-o', program, join(FIXTURES, `${fixture}.c`), '-lm', '-pthread'], { stdio: 'ignore' });
    } catch {
      return null;
    }
    const file = openModuleFile(program);
    const bytes = file.elf.data('.BTF');
    return bytes === null ? null : { btf: new Btf(bytes), file };
  }

  test.each(['struct-path', 'value-types'])('describes the variables of %s as its DWARF does', (fixture) => {
    const built = build(fixture);
    expect(built).not.toBeNull();
    if (built === null) return;
    using file = built.file;
    const names = [...built.btf.variableNames()].filter((name) => file.variables(name).some(({ address }) => address !== null));
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      const [dwarf] = file.variables(name).filter(({ address }) => address !== null);
      const [variable] = built.btf.variables(name);
      expect(described(variable?.type() ?? null), name).toEqual(described(dwarf?.type() ?? null));
    }
  });
});

test.skipIf(!readable())('the BTF of the running kernel knows the structs that every kernel has', () => {
  const btf = new Btf(readFileSync('/sys/kernel/btf/vmlinux'));
  expect(btf.count).toBeGreaterThan(10_000);
  const list = btf.typeNamed('struct list_head');
  expect(described(list, 1)).toMatchObject({
    kind: 'struct',
    size: 16,
    members: [
      { name: 'next', offset: 0 },
      { name: 'prev', offset: 8 },
    ],
  });
  expect(btf.typeNamed('u64')).toMatchObject({ kind: 'alias', size: 8 });
  expect(btf.typeNamed('struct task_struct')).toMatchObject({ kind: 'struct' });
  expect([...btf.variableNames()]).toContain('this_cpu_off');
});

function readable(): boolean {
  try {
    return readFileSync('/sys/kernel/btf/vmlinux').length > 0;
  } catch {
    return false;
  }
}
