// Writes docs/requirements-coverage.md, and takes rows that are tested by now out of test/requirements/still-open.ts. With --check it writes
// nothing and fails where the page differs.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { LATER } from '../test/requirements/later.js';
import { NOT_OBSERVABLE } from '../test/requirements/not-observable.js';
import { REQUIREMENTS } from '../test/requirements/requirements.js';
import { type Scan, scanTests } from '../test/requirements/scan.js';
import { STILL_OPEN } from '../test/requirements/still-open.js';
import { checkPage, writePage } from './generated-page.js';
import { requirementsPage } from './requirements-page.js';
import { stillOpenFile } from './still-open-file.js';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const PAGE = 'docs/requirements-coverage.md';
const OPEN_LIST = 'test/requirements/still-open.ts';

const HELP = `Usage: npm run docs [-- --check]

Makes the generated pages again: docs/cli from src/cli/command-table.ts, and ${PAGE} from test/requirements
and from the rows (R-105, T-L-30, ...) that tests and scenarios name. Rows of ${OPEN_LIST} that are
tested by now are taken out of it; none is ever put in.

  --check   write no ${PAGE}; fail where it is not what would be written
  --help    this`;

process.exitCode = main(process.argv.slice(2));

function main(args: readonly string[]): number {
  if (args.includes('--help')) {
    console.log(HELP);
    return 0;
  }
  const ids = REQUIREMENTS.map(({ id }) => id);
  const scan = scanTests(REPOSITORY, ids);
  const text = requirementsPage(scan.files, { notObservable: NOT_OBSERVABLE, later: LATER, stillOpen: STILL_OPEN });
  return args.includes('--check') ? checkPage({ path: PAGE, text }, 'what the tests name') : write(text, scan);
}

function write(text: string, { files, problems }: Scan): number {
  writePage({ path: PAGE, text });
  const left = STILL_OPEN.filter((id) => !files.has(id));
  if (left.length < STILL_OPEN.length) writeFileSync(`${REPOSITORY}${OPEN_LIST}`, stillOpenFile(left));
  console.log(`${PAGE}: ${REQUIREMENTS.length} rows, ${files.size} named by tests; ${OPEN_LIST}: ${left.length}`);
  for (const problem of problems) console.error(problem);
  return problems.length === 0 ? 0 : 1;
}
