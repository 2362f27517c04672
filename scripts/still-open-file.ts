// test/requirements/still-open.ts as text, so that `npm run docs` can make it shorter. Pure.

const HEAD = `// Rows that nothing shows yet, of which that is known. The list only gets shorter: \`npm run docs\` takes out what tests name by now, and the
// tests fail on an open row that is not here. New rows do not belong here but come with their test.
import type { RequirementId } from './requirement.js';
`;
const LINE_WIDTH = 140;

/** The file for these rows, formatted as the project's formatter does it. */
export function stillOpenFile(ids: readonly string[]): string {
  const quoted = ids.map((id) => `'${id}'`);
  const line = `export const STILL_OPEN: readonly RequirementId[] = [${quoted.join(', ')}];`;
  if (line.length <= LINE_WIDTH) return `${HEAD}\n${line}\n`;
  return `${HEAD}\nexport const STILL_OPEN: readonly RequirementId[] = [\n${quoted.map((id) => `  ${id},\n`).join('')}];\n`;
}
