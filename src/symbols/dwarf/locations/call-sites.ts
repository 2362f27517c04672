// What a call has put into registers, by the call sites that compilers describe: DWARF 5 section 3.4, and GNU's of before.
import type { CallMade } from '../../frame.js';
import { addressKey } from '../bytes/address-key.js';
import { At } from '../codes/attributes.js';
import { Tag } from '../codes/tags.js';
import type { Die } from '../dies/die.js';
import { readAddressKey } from '../forms/addresses.js';
import { readBlock } from '../forms/values.js';
import { functionName } from '../units/names.js';
import { valueIn } from './location.js';
import { registerIn } from './machine.js';

/** Blocks within blocks; deeper nesting is taken as a sign of a broken file. */
const DEEPEST = 256;
const BLOCKS: readonly number[] = [Tag.lexicalBlock, Tag.inlinedSubroutine, Tag.tryBlock, Tag.catchBlock, Tag.withStmt];

/**
 * What register `register` held in the callee at its first instruction, by the site in `owner` (the calling function) of `call`. Null where none
 * tells, or where another function was called there, which has passed the call on with arguments of its own. Throws DwarfError.
 */
export function argumentAt(owner: Die, register: number, call: CallMade): bigint | null {
  const site = siteIn(owner, addressKey(call.returnAddress), 0);
  const called = site?.reference(At.callOrigin) ?? site?.reference(At.abstractOrigin) ?? null;
  if (site === null || called === null || functionName(called) !== call.callee) return null;
  for (const parameter of site.children()) {
    if (parameter.tag !== Tag.callSiteParameter && parameter.tag !== Tag.gnuCallSiteParameter) continue;
    const location = blockOf(parameter, At.location);
    if (location === null || registerIn(location) !== register) continue;
    const value = blockOf(parameter, At.callValue) ?? blockOf(parameter, At.gnuCallSiteValue);
    return value === null ? null : valueIn(value, owner, call.frame);
  }
  return null;
}

/** The call site in `scope` whose call returns to `returns` (an address key). */
function siteIn(scope: Die, returns: number, depth: number): Die | null {
  for (const child of scope.children()) {
    if (child.tag === Tag.callSite || child.tag === Tag.gnuCallSite) {
      const attribute = child.attribute(At.callReturnPc) ?? child.attribute(At.lowPc);
      if (attribute !== null && readAddressKey(child.unit, attribute) === returns) return child;
    } else if (depth < DEEPEST && BLOCKS.includes(child.tag)) {
      const found = siteIn(child, returns, depth + 1);
      if (found !== null) return found;
    }
  }
  return null;
}

function blockOf(die: Die, name: number): Uint8Array | null {
  const attribute = die.attribute(name);
  return attribute === null ? null : readBlock(die.unit, attribute);
}
