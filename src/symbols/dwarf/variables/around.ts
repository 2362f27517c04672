// The variables with a fixed place that one unit describes: the statics and globals of a source file.
import type { Variable } from '../../debug-info.js';
import type { Type } from '../../types.js';
import { Die } from '../dies/die.js';
import type { Unit } from '../units/unit.js';
import { scanUnit } from './candidates.js';
import { readVariable } from './variable.js';

/** Variables of one unit that are looked at. */
const MOST_VARIABLES = 5_000;

/** Those of `unit` that have a place, each once, in the order of the unit. Throws DwarfError. */
export function variablesOfUnit(unit: Unit, typeOf: (die: Die) => Type | null): Variable[] {
  const offsets: number[] = [];
  scanUnit(unit, (_hash, offset) => {
    if (offsets.length < MOST_VARIABLES) offsets.push(offset);
  });
  const variables = new Map<string, Variable>();
  for (const offset of offsets) {
    const variable = readVariable(new Die(unit, offset), typeOf)?.variable;
    if (variable === undefined || (variable.address === null && variable.absence !== 'thread-local')) continue;
    const key = `${variable.qualifiedName} ${variable.function} ${variable.address ?? variable.threadOffset}`;
    if (!variables.has(key)) variables.set(key, variable);
  }
  return [...variables.values()];
}
