// Lists of known differences: read, compared with what differs now, and written anew where that is asked for.
//
//   build: 10b95e5d...                                    what the list is about: a build-id, a compiler's version; missing: any
//   reason NAME: why our answer is right, or as good, or what is missing
//   0x4c3f1 | f (a.c:3) < main (a.c:9) | main (a.c:9) | NAME          where | theirs | ours | reason
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { REPOSITORY } from '../helpers/paths.js';

/** One thing on which hwbkpt and another program do not agree. */
export interface Difference {
  readonly where: string;
  readonly theirs: string;
  readonly ours: string;
}

interface List {
  readonly build: string | null;
  /** By the line without its reason. */
  readonly known: ReadonlyMap<string, string>;
  readonly reasons: ReadonlyMap<string, string>;
}

/** What is wrong with a list, as sentences; both empty when all is well. */
export interface ListVerdict {
  /** Whether the list is about the file at hand. */
  readonly applies: boolean;
  readonly unlisted: readonly string[];
  readonly obsolete: readonly string[];
}

/** Holds `differences` against `lists/NAME.txt`. `build`: tells this build of what is compared from others; null: no need. */
export function checkList(name: string, differences: readonly Difference[], build: string | null): ListVerdict {
  const path = `${REPOSITORY}/test/differential/lists/${name}.txt`;
  const list = existsSync(path) ? readList(readFileSync(path, 'utf8')) : { build, known: new Map(), reasons: new Map() };
  if (process.env['HWBKPT_WRITE_LISTS'] === '1') writeFileSync(path, listText(list, differences, build));
  if (list.build !== null && list.build !== build) return { applies: false, unlisted: [], obsolete: [] };
  const lines = new Set(differences.map(lineOf));
  const hasReason = (line: string): boolean => list.reasons.has(list.known.get(line) ?? '');
  return {
    applies: true,
    unlisted: [...lines].filter((line) => !hasReason(line)),
    obsolete: [...list.known.keys()].filter((line) => !lines.has(line)),
  };
}

function lineOf({ where, theirs, ours }: Difference): string {
  return `${where} | ${theirs} | ${ours}`;
}

function readList(text: string): List {
  const known = new Map<string, string>();
  const reasons = new Map<string, string>();
  let build: string | null = null;
  for (const line of text.split('\n').filter((one) => one.trim() !== '' && !one.startsWith('#'))) {
    const [, id] = /^build: (.+)$/.exec(line) ?? [];
    const [, name, why] = /^reason ([\w-]+): (.+)$/.exec(line) ?? [];
    const [, difference, reason] = /^(.+ \| .+ \| .+) \| (\S+)$/.exec(line) ?? [];
    if (id !== undefined) build = id;
    else if (name !== undefined && why !== undefined) reasons.set(name, why);
    else if (difference !== undefined && reason !== undefined) known.set(difference, reason);
    else throw new Error(`not a line of a list of differences: ${line}`);
  }
  return { build, known, reasons };
}

function listText({ known, reasons }: List, differences: readonly Difference[], build: string | null): string {
  const head = [...(build === null ? [] : [`build: ${build}`]), ...[...reasons].map(([name, why]) => `reason ${name}: ${why}`)];
  const lines = differences.map((difference) => `${lineOf(difference)} | ${known.get(lineOf(difference)) ?? '?'}`);
  return `${[...head, ...lines].join('\n')}\n`;
}
