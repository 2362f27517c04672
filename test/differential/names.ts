// Whether two names mean one function.
import { demangle } from '../../src/symbols/live/demangle.js';
import { withoutParameters } from '../symbols/dwarf-compare.js';

/** Whether two plain names are of symbols at one address. */
export type Aliases = (a: string, b: string) => boolean;

/** `aliases`: where a function has several names, which of them is shown is a matter of taste. */
export function isSameFunction(ours: string | null, theirs: string | null, aliases: Aliases): boolean {
  if (ours === theirs) return true;
  if (ours === null || theirs === null) return false;
  const [a, b] = [plainName(ours), plainName(theirs)];
  return a === b || a.endsWith(`::${b}`) || b.endsWith(`::${a}`) || aliases(a, b);
}

/** Without parameters, the result type that mangled names of templates have, and what linkers and compilers add. */
export function plainName(name: string): string {
  const [, withoutVersion] = /^(\w+)@@?[\w.]+$/.exec(name) ?? [];
  if (withoutVersion !== undefined) return plainName(withoutVersion);
  // LLVM 14 does not demangle names that have a version, and some others.
  if (name.startsWith('_Z') && demangle(name) !== name) return plainName(demangle(name));
  if (LEGACY_RUST.test(name)) return legacyRust(name);
  const bare = withPlainParts(name.replace(/(?: \[clone [^\]]*\]| \(\.\w+\))+$/, '').replace(/\.abi0$/, ''));
  // Demanglers put different spaces after operators, and between the ends of templates.
  if (/\boperator\b/.test(bare)) return bare.replaceAll(' ', '');
  return withoutResult(withoutParameters(bare))
    .replaceAll('> >', '>>')
    .replace(/\((?:anonymous namespace|anonymous)\)|\{anonymous\}/g, '(anonymous)');
}

/** `int ns::f<a b>` is `ns::f<a b>`. */
function withoutResult(name: string): string {
  let nested = 0;
  for (let i = name.length - 1; i >= 0; i--) {
    if (name[i] === '>' || name[i] === ')' || name[i] === '}') nested++;
    else if (name[i] === '<' || name[i] === '(' || name[i] === '{') nested--;
    else if (name[i] === ' ' && nested === 0) return name.slice(i + 1);
  }
  return name;
}

/** LLVM's demangler writes `'lambda'(int)` and `'unnamed0'` where the C++ library's has `{lambda(int)#1}` and `{unnamed type#2}`. */
function withPlainParts(name: string): string {
  return name
    .replace(/\{lambda\([^{}]*\)#(\d+)\}/g, (_, number: string) => `{lambda#${number}}`)
    .replace(/\{unnamed type#(\d+)\}/g, (_, number: string) => `{unnamed#${number}}`)
    .replace(/'unnamed(\d*)'/g, (_, number: string) => `{unnamed#${number === '' ? 1 : Number(number) + 2}}`)
    .replace(/'lambda(\d*)'\([^()]*\)/g, (_, number: string) => `{lambda#${number === '' ? 1 : Number(number) + 2}}`);
}

/** The old mangling of Rust ends with a hash, which LLVM 14 shows as if it were C++'s, escapes included. */
const LEGACY_RUST = /::h[0-9a-f]{16}$/;
const ESCAPES: Readonly<Record<string, string>> = { SP: '@', BP: '*', RF: '&', LT: '<', GT: '>', LP: '(', RP: ')', C: ',' };

function legacyRust(name: string): string {
  return name
    .replace(LEGACY_RUST, '')
    .replace(/(^|::)_\$/g, '$1$$')
    .replace(/\$(\w+)\$/g, (whole, code: string) => {
      if (/^u[0-9a-f]+$/.test(code)) return String.fromCodePoint(Number.parseInt(code.slice(1), 16));
      return ESCAPES[code] ?? whole;
    })
    .replaceAll('..', '::');
}
