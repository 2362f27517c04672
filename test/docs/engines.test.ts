// docs/engines.md is what the engines' capabilities and the table of conformance cases say.
import { expect, test } from 'vitest';
import { PROCESS_CAPABILITIES } from '../../src/engines/bpf/capabilities.js';
import { perfCapabilities } from '../../src/engines/perf/capabilities.js';
import { SimEngine } from '../../src/engines/sim/engine.js';
import { stopCapabilities } from '../../src/engines/stop/capabilities.js';
import { ownPrivileges } from '../../src/linux/procfs/privileges.js';
import { cannot, TABLE } from '../conformance/table.js';
import { testGeneratedPage } from './generated-page.js';
import { pageText } from './markdown.js';

const page = pageText('docs/engines.md');

testGeneratedPage('docs/engines.md', 'the engines and the cases', 'generate-engines-page');

test('every case has a row that says what the suite does with it on each engine', () => {
  const stop = stopCapabilities(ownPrivileges(), false);
  const engines = [PROCESS_CAPABILITIES, perfCapabilities(ownPrivileges()), stop, new SimEngine().capabilities];
  for (const { cases } of TABLE.groups) {
    for (const one of cases) {
      const verdicts = engines
        .map((capabilities) => cannot(capabilities, one))
        .map((reason) => (reason === null ? 'passes' : `cannot: ${reason}`));
      expect(page).toContain(`| ${one.title} | ${verdicts.join(' | ')} |`);
    }
  }
});
