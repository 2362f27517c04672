// docs/requirements-coverage.md as text. It names files only, no lines or titles, so that it changes only when a row's state or files do. Pure.
import { type Claims, type Coverage, type CoverageState, coverageOf, type Notes } from '../test/requirements/coverage.js';
import type { Requirement, Section } from '../test/requirements/requirement.js';
import { requirementsOf, SECTIONS } from '../test/requirements/requirements.js';
import { markdownTable } from './markdown-table.js';

/** Stands at the top of the page. */
const GENERATED = '<!-- Made from test/requirements and from what tests name, by `npm run docs`: change it there. -->';

const INTRODUCTION = `# Requirements and their tests

What processors, kernels and designs do, row by row, and what shows that this project does the same. \`R-nnn\` is a fact or a requirement,
\`T-L-nn\` and \`T-NB-nn\` are test programs of Linux and NetBSD, \`N-n\` is a note for tools on real hardware. Rows of hwbkpt from R-320 to R-365
are reconstructed from memory of the public design of 2007 to 2009, not quoted.

The last column names the tests that show a row. Where there are none it says **not observable** and why no test can show it,
**later** and what has to be built before, or **open**: nothing shows it yet.

A file shows a row when it names its id (\`R-105\`, or a range, \`R-701 to R-708\`) in one of these places:

- a text in a test file (\`*.test.ts\` below \`src\`, any \`.ts\` file below \`test\`): the title of a test, a group of tests or a case;
- a comment within a test or a group of tests, or directly above one, or directly above a case of a table;
- a line of a scenario (\`.scn\`) that begins with \`source\`.

These do not count: texts of several lines, texts within \`expect(...)\` and its matchers, anything within a \`skip\` or \`todo\`, the tests' own
helpers, and the sources. That a test shows all of a row it names is its author's word: the check holds only that somebody gave it.`;

/** How states are called in the summary line, in its order. */
const STATE_NAMES: Readonly<Record<CoverageState, string>> = {
  tested: 'tested',
  'not-observable': 'not observable',
  later: 'later',
  open: 'open',
};

/** The whole page. */
export function requirementsPage(claims: Claims, notes: Notes): string {
  const coverage = (row: Requirement): Coverage => coverageOf(row.id, claims, notes);
  const states = SECTIONS.flatMap(requirementsOf).map((row) => coverage(row).state);
  const sections = SECTIONS.map((section) => sectionPart(section, coverage));
  return `${[GENERATED, INTRODUCTION, summaryLine(states), ...sections].join('\n\n')}\n`;
}

function summaryLine(states: readonly CoverageState[]): string {
  const names = Object.entries(STATE_NAMES) as [CoverageState, string][];
  const counts = names.map(([state, name]) => `${states.filter((other) => other === state).length} ${name}`);
  return `**${states.length} rows: ${counts.join(', ')}.**`;
}

function sectionPart(section: Section, coverage: (row: Requirement) => Coverage): string {
  const rows = requirementsOf(section).map((row) => [`\`${row.id}\``, row.mark, row.statement, shownBy(coverage(row))]);
  return `## ${section.title}\n\n${markdownTable(['row', 'about', 'statement', 'shown by'], rows)}`;
}

function shownBy(coverage: Coverage): string {
  switch (coverage.state) {
    case 'tested':
      return coverage.files.map((file) => `\`${file}\``).join(', ');
    case 'not-observable':
      return `not observable: ${coverage.reason}`;
    case 'later':
      return `later: ${coverage.missing}`;
    case 'open':
      return '**open**';
  }
}
