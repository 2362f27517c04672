// Whole files of several kinds: CPython against its symbol table, a Rust program, and what is compressed with zstd.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as zlib from 'node:zlib';
import { expect, test } from 'vitest';
import type { DebugInfo } from '../../src/symbols/debug-info.js';
import { openModuleFile } from '../../src/symbols/live/module-file.js';
import type { Type } from '../../src/symbols/types.js';
import { findCommand } from '../helpers/find-command.js';
import { describeWith } from '../helpers/requirement.js';
import { C_SOURCES, CPP_SOURCES } from './dwarf-sources.js';
import { build, openDebugInfo, scratchFolder } from './dwarf-tools.js';

const scratch = scratchFolder();

interface ObjectSymbol {
  readonly name: string;
  readonly address: bigint;
  readonly size: number;
}

/** Variables in the symbol table, as readelf lists them. Suffixes that compilers add to statics of functions are cut off. */
function objectSymbols(file: string): ObjectSymbol[] {
  const printed = execFileSync('readelf', ['-sW', file], { encoding: 'utf8', maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'ignore'] });
  return printed.split('\n').flatMap((line) => {
    const [, value, size, type, , , section, name] = line.trim().split(/\s+/);
    if (type !== 'OBJECT' || section === 'UND' || size === '0' || name === undefined) return [];
    return [{ name: name.replace(/[.@].*$/, ''), address: BigInt(`0x${value}`), size: Number(size) }];
  });
}

function variableAt(info: DebugInfo, { name, address }: ObjectSymbol) {
  return info.variables(name).find((variable) => variable.address === address) ?? null;
}

describeWith(['command:python3.11-dbg', 'command:readelf'], 'python3.11-dbg', () => {
  const file = (): string => realpathSync(findCommand('python3.11-dbg') ?? '');

  test('has a variable of the right size for nearly every symbol', () => {
    const info = openDebugInfo(file());
    // By name, because hundreds of functions have a static of the same name.
    const symbols = objectSymbols(file()).sort((a, b) => (a.name < b.name ? -1 : 1));
    const pairs = symbols.map((symbol) => ({ symbol, variable: variableAt(info, symbol) }));
    const missing = pairs.filter(({ variable }) => variable === null);
    const wrong = pairs.filter(({ symbol, variable }) => variable !== null && variable.type()?.size !== symbol.size);
    expect(symbols.length).toBeGreaterThan(10_000);
    // Compound literals, the C library's own (stdin) and the linker's have no variable; flexible arrays and `[]` no full size.
    expect(missing.length / symbols.length).toBeLessThan(0.005);
    expect(wrong.length).toBeLessThanOrEqual(5);
    expect(info.problems).toEqual([]);
  });
});

const RUST = `
mod game {
    pub static mut STATE: Player = Player { hp: 5, at: (1.0, 2.0), tag: Some(7), kind: Kind::Mage { mana: 3 } };
    pub struct Player { pub hp: i32, pub at: (f32, f64), pub tag: Option<u32>, pub kind: Kind }
    #[allow(dead_code)] pub enum Kind { Warrior, Mage { mana: u16 }, Thief(u8, u32) }
    pub fn hit(n: i32) { static mut CALLS: usize = 0; unsafe { CALLS += 1; STATE.hp -= n; if let Kind::Mage { mana } = &mut STATE.kind { *mana += 1 } } }
}
static mut BUFFER: [[u8; 4]; 2] = [[0; 4]; 2];
fn main() { game::hit(1); unsafe { BUFFER[1][2] += 1; std::process::exit(BUFFER[1][2] as i32) } }
`;

function membersOf(type: Type | null | undefined): string[] {
  return type?.kind === 'struct' ? type.members.map(({ name }) => name) : [];
}

describeWith(['command:rustc', 'command:readelf'], 'a Rust program', () => {
  test('has its statics with their modules, sizes and members', () => {
    const folder = join(scratch, 'rust');
    mkdirSync(folder);
    writeFileSync(join(folder, 'main.rs'), RUST);
    execFileSync('rustc', ['-g', '--cap-lints', 'allow', 'main.rs'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    const info = openDebugInfo(join(folder, 'main'));
    const [state] = info.variables('main::game::STATE');
    expect(state?.type()).toMatchObject({ kind: 'struct', name: 'main::game::Player' });
    const members = state?.type();
    expect(membersOf(members).sort()).toEqual(['at', 'hp', 'kind', 'tag']);
    const kind = members?.kind === 'struct' ? members.members.find(({ name }) => name === 'kind')?.type() : null;
    expect(membersOf(kind)).toEqual(['Warrior', 'Mage', 'Thief']);
    expect(info.variables('CALLS')).toMatchObject([{ qualifiedName: 'main::game::hit::CALLS' }]);
    expect(info.variables('BUFFER')[0]?.type()).toMatchObject({ kind: 'array', count: 2, size: 8 });
  });
});

describeWith(['gcc', 'command:objcopy'], 'sections compressed with zstd', () => {
  test('are read where Node.js can, and else it is said what can; symbols are found all the same', () => {
    const program = build(scratch, 'zstd', { sources: C_SOURCES, compiler: 'gcc', flags: ['-g', '-O0'] });
    execFileSync('objcopy', ['--compress-debug-sections=zstd', program]);
    using module = openModuleFile(program);
    const found = module.variables('global_int').map(({ name }) => name);
    if ('zstdDecompressSync' in zlib) expect(found).toEqual(['global_int']);
    else expect(module.problems.join('\n')).toMatch(/\.debug_info is compressed with zstd, which takes Node\.js 22\.15 or later to read/);
    expect(module.symbols('global_int')).toMatchObject([{ name: 'global_int', kind: 'object' }]);
  });
});

describeWith(['g++', 'command:dwz'], "dwz's shared part as DWARF 5 links it (.debug_sup)", () => {
  test('is found, and missed where it is not there', () => {
    const flags = ['-gdwarf-5', '-O1', '-std=c++17'];
    const program = build(scratch, 'supplement', { sources: CPP_SOURCES, compiler: 'g++', flags });
    const names = [...openDebugInfo(program).variableNames()].sort();
    copyFileSync(program, `${program}.other`);
    execFileSync('dwz', ['--dwarf-5', '-m', 'common', program, `${program}.other`], { cwd: dirname(program) });
    using module = openModuleFile(program);
    expect(module.elf.section('.gnu_debugaltlink')).toBeNull();
    expect([...module.variableNames()].sort()).toEqual(names);
    expect(module.problems).toEqual([]);
    rmSync(join(dirname(program), 'common'));
    using alone = openModuleFile(program);
    expect([...alone.variableNames()].length).toBeLessThan(names.length);
    expect(alone.problems.join('\n')).toMatch(/in common \(build-id [0-9a-f]+\), which was not found/);
  });
});

const RUST_SPLITS = ['off', 'unpacked', 'packed'];

describeWith(['command:rustc'], 'split debug information of Rust', () => {
  test.each(RUST_SPLITS)('%s: the same names, addresses and types', (split) => {
    const folder = join(scratch, `rust ${split}`);
    mkdirSync(folder);
    writeFileSync(join(folder, 'main.rs'), RUST);
    execFileSync('rustc', ['-g', '--cap-lints', 'allow', '-C', `split-debuginfo=${split}`, 'main.rs'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    using module = openModuleFile(join(folder, 'main'));
    expect(module.variables('main::game::STATE')).toMatchObject([{ file: expect.stringMatching(/^main\.rs/), absence: null }]);
    expect(module.variables('main::game::STATE')[0]?.type()).toMatchObject({ kind: 'struct', name: 'main::game::Player' });
    expect(module.variables('BUFFER')[0]?.type()).toMatchObject({ kind: 'array', count: 2, size: 8 });
    expect(module.problems).toEqual([]);
  });
});
