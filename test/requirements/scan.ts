// Looks through all tests and scenarios of the repository for the rows that they name.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { claimsOfScenario, claimsOfSource, MisreadSource } from './claims.js';
import { namedIds } from './named-ids.js';
import type { RequirementId } from './requirement.js';

export interface Scan {
  /** Files that name a row, by row; paths are from the repository on, sorted. */
  readonly files: ReadonlyMap<RequirementId, readonly string[]>;
  /** One sentence for each thing that is wrong with a file: it names no row, or could not be read. */
  readonly problems: readonly string[];
}

/** Helpers are no tests, and this folder names every row. */
const NO_TESTS = /^test\/(helpers|requirements)\//;

/** Paths, from the repository on, of all files that may claim to show a row. */
export function claimingFiles(repository: string): string[] {
  const sources = filesBelow(repository, 'src').filter((path) => path.endsWith('.test.ts'));
  const tests = filesBelow(repository, 'test').filter((path) => path.endsWith('.ts') && !NO_TESTS.test(path));
  const scenarios = filesBelow(repository, 'fixtures/scenarios').filter((path) => path.endsWith('.scn'));
  return [...sources, ...tests, ...scenarios].sort();
}

/** Reads every file of {@link claimingFiles}. */
export function scanTests(repository: string, known: readonly RequirementId[]): Scan {
  const files = new Map<RequirementId, string[]>();
  const problems: string[] = [];
  for (const path of claimingFiles(repository)) {
    const named = namedBy(path, readFileSync(`${repository}/${path}`, 'utf8'), known);
    if (typeof named === 'string') problems.push(named);
    else
      for (const id of named) {
        if (known.includes(id)) files.set(id, [...(files.get(id) ?? []), path]);
        else problems.push(`${path} names ${id}, which is no row of test/requirements`);
      }
  }
  return { files, problems };
}

/** The ids that a file names, or what is wrong with it. */
function namedBy(path: string, text: string, known: readonly RequirementId[]): RequirementId[] | string {
  try {
    const claims = path.endsWith('.scn') ? claimsOfScenario(text) : claimsOfSource(text);
    return namedIds(claims.join('\n\0\n'), known);
  } catch (error) {
    if (error instanceof MisreadSource) return `${path} could not be read: ${error.message}`;
    throw error;
  }
}

function filesBelow(repository: string, folder: string): string[] {
  if (!existsSync(`${repository}/${folder}`)) return [];
  return readdirSync(`${repository}/${folder}`, { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`);
}
