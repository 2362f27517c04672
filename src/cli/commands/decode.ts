// hwbkpt decode: the bits of a debug register, for people and for programs.
import { explainDr6, explainDr7, explanationLines } from '../../registers/index.js';
import type { Invocation } from '../command-spec.js';
import { STATUS, UsageError } from '../errors.js';
import { printLines } from '../output/print.js';

const EXPLAINERS = { dr6: explainDr6, dr7: explainDr7 } as const;

export async function runDecode({ arguments: [register = '', text = ''], options }: Invocation): Promise<number> {
  const explain = EXPLAINERS[register.toLowerCase() as keyof typeof EXPLAINERS];
  if (explain === undefined)
    throw new UsageError(`there is no register ${JSON.stringify(register)} to decode`, { hint: 'Registers: dr6, dr7.' });
  const explanation = explain(registerValue(text));
  const lines = options['json'] === true ? [JSON.stringify(explanation)] : explanationLines(explanation);
  printLines(lines);
  return STATUS.OK;
}

function registerValue(text: string): bigint {
  if (!/^(0x[0-9a-f]{1,16}|\d{1,20})$/i.test(text) || BigInt(text) >= 1n << 64n)
    throw new UsageError(`${JSON.stringify(text)} is not a 64-bit value`, { hint: 'Write 0x400 or 1024.' });
  return BigInt(text);
}
