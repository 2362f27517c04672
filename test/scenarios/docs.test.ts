// docs/scenarios.md says what the language is: its example holds, and it has a word for every word of the grammar.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { KERNELS } from '../../src/machine/kernels/index.js';
import { kernelsOf, parseScenario, runScenario } from '../../src/scenarios/index.js';
import { INSTRUCTION_WORDS } from '../../src/scenarios/parse-program.js';
import { LINE_WORDS } from '../../src/scenarios/words.js';
import { REPOSITORY } from '../helpers/paths.js';

const PAGE = readFileSync(`${REPOSITORY}/docs/scenarios.md`, 'utf8');

describe('docs/scenarios.md', () => {
  test('its example holds under every kernel it speaks of', () => {
    const text = /^```\n([\s\S]*?)^```/m.exec(PAGE)?.[1] ?? '';
    const parsed = parseScenario(text);
    if (parsed.kind === 'errors') throw parsed.errors[0];
    const { scenario } = parsed;
    for (const kernel of kernelsOf(scenario)) expect(runScenario(scenario, KERNELS[kernel]).verdicts).toSatisfy(allMet);
  });

  test.each([...new Set([...INSTRUCTION_WORDS, ...LINE_WORDS, ...Object.keys(KERNELS)])])('explains %s', (word) => {
    expect(PAGE).toMatch(new RegExp(`\`(?:[^\`\n]*[ ,])?${word}(?![a-z0-9])`));
  });
});

function allMet(verdicts: readonly { readonly met: boolean }[]): boolean {
  return verdicts.length > 0 && verdicts.every(({ met }) => met);
}
