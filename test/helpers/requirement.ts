// Tests say what they need of the machine. Where it is missing they are skipped, with the reason in their title; where the environment variable
// HWBKPT_REQUIRE (a comma list) names it, they fail instead: CI names what it must have, so that nothing is skipped in silence there.
import { describe, test } from 'vitest';
import { command, PROBES } from './probes.js';

/** Something that a machine may lack. */
export type Requirement = keyof typeof PROBES | `command:${string}`;

const COMMAND_PREFIX = 'command:';
const results = new Map<Requirement, string | null>();

function isRequirement(name: string): name is Requirement {
  return Object.hasOwn(PROBES, name) || name.startsWith(COMMAND_PREFIX);
}

/** Why `requirement` is missing here, or null where it is there. Probed once per process. */
export function missingReason(requirement: Requirement): string | null {
  const known = results.get(requirement);
  if (known !== undefined) return known;
  const probe = requirement in PROBES ? PROBES[requirement as keyof typeof PROBES] : command(requirement.slice(COMMAND_PREFIX.length));
  const reason = probe();
  results.set(requirement, reason);
  return reason;
}

/** What HWBKPT_REQUIRE says must be there. Throws where it names something that nobody can probe. */
export function demandedRequirements(list: string | undefined): Requirement[] {
  const names = (list ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return names.map((name) => {
    if (!isRequirement(name))
      throw new Error(`HWBKPT_REQUIRE names ${name}; known are ${Object.keys(PROBES).join(', ')}, ${COMMAND_PREFIX}NAME`);
    return name;
  });
}

/** How a group of tests goes on this machine. */
export type Verdict = { readonly kind: 'run' } | { readonly kind: 'skip' | 'fail'; readonly reason: string };

/** Decides over tests with these needs, given what is demanded. */
export function verdictFor(needs: readonly Requirement[], demanded: readonly Requirement[]): Verdict {
  const missing = needs.filter((need) => missingReason(need) !== null);
  if (missing.length === 0) return { kind: 'run' };
  const blamed = missing.filter((need) => demanded.includes(need));
  const reasons = (blamed.length > 0 ? blamed : missing).map((need) => `${need} (${missingReason(need)})`);
  return { kind: blamed.length > 0 ? 'fail' : 'skip', reason: `missing ${reasons.join(', ')}` };
}

/** `describe`, for tests that need these things. `body` may only register tests: it is also run where they are skipped. */
export function describeWith(needs: readonly Requirement[], title: string, body: () => void): void {
  const verdict = verdictFor(needs, demandedRequirements(process.env['HWBKPT_REQUIRE']));
  if (verdict.kind === 'run') describe(title, body);
  else if (verdict.kind === 'skip') describe.skip(`${title} [skipped: ${verdict.reason}]`, body);
  else
    describe(title, () => {
      test(`has what HWBKPT_REQUIRE demands: ${verdict.reason}`, () => {
        throw new Error(verdict.reason);
      });
    });
}
