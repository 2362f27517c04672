// Writes docs/kernels.md from the scenarios and the kernels' rules. With --check it writes nothing and fails where the page differs.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseScenario } from '#hwbkpt/scenarios/index.js';
import { checkPage, writePage } from './generated-page.js';
import { kernelsPage } from './kernels-page.js';
import type { Sheet } from './kernels-scenarios.js';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const PAGE = 'docs/kernels.md';
const FOLDER = 'fixtures/scenarios';

const HELP = `Usage: npm run docs [-- --check]

Makes ${PAGE} again: runs all scenarios of ${FOLDER} under the rules of all kernels. scripts/kernels-topics.ts says which
scenario stands where on the page; one that it does not name stands at the end.

  --check   write nothing; fail where ${PAGE} is not what would be written
  --help    this`;

process.exitCode = main(process.argv.slice(2));

function main(args: readonly string[]): number {
  if (args.includes('--help')) {
    console.log(HELP);
    return 0;
  }
  const sheets = readSheets();
  const page = { path: PAGE, text: kernelsPage(sheets) };
  if (args.includes('--check')) return checkPage(page, 'the scenarios and kernels');
  writePage(page);
  console.log(`${PAGE}: ${sheets.length} scenarios`);
  return 0;
}

function readSheets(): Sheet[] {
  const files = readdirSync(`${REPOSITORY}${FOLDER}`).filter((file) => file.endsWith('.scn'));
  return files.sort().map(readSheet);
}

function readSheet(file: string): Sheet {
  const text = readFileSync(`${REPOSITORY}${FOLDER}/${file}`, 'utf8');
  const parsed = parseScenario(text);
  if (parsed.kind !== 'scenario') throw new Error(`${FOLDER}/${file} cannot be read: run \`hwbkpt lab run ${FOLDER}/${file}\``);
  return { name: file.replace(/\.scn$/, ''), text, scenario: parsed.scenario };
}
