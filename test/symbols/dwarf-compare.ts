// Sets what our reader says of a variable and its type against what gdb says, difference by difference.
import type { DebugInfo, Variable } from '../../src/symbols/debug-info.js';
import type { Member, Type } from '../../src/symbols/types.js';
import type { GdbField, GdbType, GdbVariable } from './dwarf-gdb.js';

/** Every difference between gdb's `variable` and ours, as sentences; empty when all agrees. */
export function compareVariable(info: DebugInfo, variable: GdbVariable): string[] {
  const plain = variable.name.replace(/^.*::/, '');
  const found = info.variables(plain).filter((ours) => isSame(ours, variable));
  const [ours] = found;
  if (ours === undefined || found.length > 1) return [`${variable.name} at ${variable.address}: ${found.length} found`];
  const differences: string[] = [];
  if (ours.function !== null && withoutParameters(variable.name) !== plain && !variable.name.endsWith(`::${plain}`))
    differences.push('name');
  if (ours.function === null && ours.qualifiedName !== variable.name) differences.push(`${variable.name}: called ${ours.qualifiedName}`);
  const owner = variable.function === null ? null : withoutParameters(variable.function);
  if (!isSameFunction(ours.function, owner)) differences.push(`${variable.name}: in ${ours.function}, not ${owner}`);
  const type = ours.type();
  if (type === null) return [...differences, `${variable.name}: no type`];
  return [...differences, ...compareTypes(type, variable.type, variable.name)];
}

/** Compilers and gdb have no common name for the class of a lambda. */
function isSameFunction(ours: string | null, theirs: string | null): boolean {
  return ours === theirs || (ours?.endsWith('::operator()') === true && theirs?.endsWith('operator()') === true);
}

function isSame(ours: Variable, theirs: GdbVariable): boolean {
  // gdb shows what a reference refers to, so its own address is not to be had there.
  if (theirs.address === '') return ours.qualifiedName === theirs.name && ours.address !== null;
  return ours.address === BigInt(theirs.address);
}

/** `ns::f<int (*)(int)>(char) const` without the parameters. */
export function withoutParameters(name: string): string {
  let nested = 0;
  for (let i = 0; i < name.length; i++) {
    if (name[i] === '<') nested++;
    else if (name[i] === '>') nested--;
    else if (name[i] === '(' && nested === 0 && !name.slice(0, i).endsWith('operator') && !name.startsWith('(anonymous namespace)', i))
      return name.slice(0, i);
  }
  return name;
}

/** Types inside types are compared as deep as gdb's description goes. */
function compareTypes(ours: Type, theirs: GdbType, path: string): string[] {
  // gdb shows an integer for this type without values.
  if (ours.name === 'decltype(nullptr)') return [];
  const differences: string[] = [];
  // gdb gives references the size of what they refer to, and functions and void 1.
  const sized = !(ours.kind === 'alias' && ours.reference === true) && ours.kind !== 'other';
  if (sized && ours.size !== theirs.size) differences.push(`${path}: ${ours.size} bytes, not ${theirs.size}`);
  if (spelling(nameFor(ours)) !== spelling(theirs.name)) differences.push(`${path}: '${nameFor(ours)}', not '${theirs.name}'`);
  return [...differences, ...compareInside(ours, theirs, path)];
}

/** gdb writes out what is in anonymous types. */
function nameFor(type: Type): string {
  if (type.name !== '') return type.name;
  if (type.kind === 'enum') return 'enum {...}';
  return type.kind === 'union' ? 'union {...}' : 'struct {...}';
}

/**
 * Spaces around stars differ between gdb's versions; gdb has one spelling for C's integers, while gcc writes `long unsigned int`;
 * and gdb makes `this` constant.
 */
function spelling(name: string): string {
  return name
    .replace(/\b(?:(?:long|short|unsigned|signed|int)\b ?){2,}/g, (words) => `${integer(words)} `)
    .replace(/ \* const\)$/, ' *)')
    .replace(/\s*([*&(,)[\]])\s*/g, '$1')
    .trim();
}

function integer(words: string): string {
  const sorted = words.trim().split(' ').sort().reverse();
  return sorted.filter((word) => word !== 'int' && word !== 'signed').join(' ') || 'int';
}

function compareInside(ours: Type, theirs: GdbType, path: string): string[] {
  switch (ours.kind) {
    case 'struct':
    case 'union':
      return theirs.fields === undefined ? [] : compareFields(ours.members, theirs.fields, path);
    case 'array': {
      // gdb 13 gives a flexible array member one element.
      const count = ours.count === null || ours.count === (theirs.count ?? 0) || theirs.count === undefined;
      const differences = count ? [] : [`${path}: ${ours.count} elements, not ${theirs.count}`];
      return theirs.target === undefined ? differences : [...differences, ...compareTypes(ours.element(), theirs.target, `${path}[]`)];
    }
    case 'enum': {
      const values = [...ours.members].map(([value, name]) => `${name}=${value}`).join();
      // gdb puts the name of an `enum class` before its values.
      const expected = Object.entries(theirs.values ?? {}).map(([name, value]) => `${name.replace(/^.*::/, '')}=${value}`);
      return theirs.values === undefined || values === expected.join() ? [] : [`${path}: ${values}, not ${expected.join()}`];
    }
    case 'pointer':
      return compareTarget(ours.target(), theirs.target, `*${path}`);
    case 'alias':
      return compareAlias(ours, theirs, path);
    default:
      return [];
  }
}

function compareTarget(ours: Type | null, theirs: GdbType | undefined, path: string): string[] {
  if (theirs === undefined) return [];
  if (ours === null) return theirs.name === 'void' ? [] : [`${path}: void, not ${theirs.name}`];
  return compareTypes(ours, theirs, path);
}

/** gdb has no types for qualifiers: what is qualified has them in its name. */
function compareAlias(ours: Extract<Type, { kind: 'alias' }>, theirs: GdbType, path: string): string[] {
  const target = ours.target();
  if (theirs.code === 'typedef' || theirs.code === 'ref' || theirs.code === 'rvalue_ref') {
    if (theirs.code === 'typedef' || ours.reference === true) return compareTarget(target, theirs.target, path);
  }
  return target === null ? [] : compareInside(target, theirs, path);
}

function compareFields(ours: readonly Member[], fields: readonly GdbField[], path: string): string[] {
  // A virtual base class has no fixed place, so we have no member for it.
  const theirs = fields.filter(({ name, base }) => !base || ours.some((member) => member.name === name));
  if (ours.map(({ name }) => name).join() !== theirs.map(({ name }) => name).join()) {
    return [`${path}: members ${ours.map(({ name }) => name)}, not ${theirs.map(({ name }) => name)}`];
  }
  return ours.flatMap((member, i) => {
    const field = theirs[i];
    return field === undefined ? [] : compareField(member, field, `${path}.${member.name}`);
  });
}

function compareField(ours: Member, theirs: GdbField, path: string): string[] {
  const bit = ours.bits?.offset ?? ours.offset * 8;
  const width = ours.bits?.width ?? 0;
  const differences =
    bit === theirs.bit && width === theirs.width ? [] : [`${path}: bits ${bit}:${width}, not ${theirs.bit}:${theirs.width}`];
  // gdb has a type of its own for the pointer to the virtual functions.
  return ours.name.startsWith('_vptr') ? differences : [...differences, ...compareTypes(ours.type(), theirs.type, path)];
}
