// Writes docs/engines.md from the engines' capabilities and the conformance suite's table. With --check it writes nothing and fails where the
// page differs.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PROCESS_CAPABILITIES } from '#hwbkpt/engines/bpf/capabilities.js';
import { perfCapabilities } from '#hwbkpt/engines/perf/capabilities.js';
import { SIM_CAPABILITIES } from '#hwbkpt/engines/sim/capabilities.js';
import { stopCapabilities } from '#hwbkpt/engines/stop/capabilities.js';
import { type CaseTable, type EngineColumn, enginesPage } from './engines-page.js';
import { checkPage, writePage } from './generated-page.js';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const PAGE = 'docs/engines.md';
const TABLE = 'test/conformance/cases.json';

const HELP = `Usage: npm run docs [-- --check]

Makes ${PAGE} again from the capabilities of the engines and from ${TABLE}.

  --check   write nothing; fail where ${PAGE} is not what would be written
  --help    this`;

/** Somebody without any privilege, where Linux is as it comes. */
const NOBODY = {
  ...{ uid: 1000, sysPtrace: false, sysAdmin: false, perfmon: false, bpf: false },
  ...{ perfEventParanoid: 2, ptraceScope: 1, kptrRestrict: 1 },
};

const COLUMNS: readonly EngineColumn[] = [
  {
    watches: 'live processes, the running kernel',
    needs: 'CAP_BPF and CAP_PERFMON; CAP_SYS_ADMIN for the kernel',
    privileged: PROCESS_CAPABILITIES,
    unprivileged: PROCESS_CAPABILITIES,
  },
  {
    watches: 'live processes',
    needs: 'nothing for own processes where kernel.perf_event_paranoid is at most 2',
    privileged: perfCapabilities({ ...NOBODY, perfmon: true }),
    unprivileged: perfCapabilities(NOBODY),
  },
  {
    watches: 'live processes',
    needs:
      'may trace the process: its own user, CAP_SYS_PTRACE where kernel.yama.ptrace_scope is 1 or more; kernel.perf_event_paranoid of at most 2',
    privileged: stopCapabilities({ ...NOBODY, perfmon: true }, false),
    unprivileged: stopCapabilities(NOBODY, false),
  },
  {
    watches: 'programs of the simulated machine ([scenarios](scenarios.md)), several sessions on one',
    needs: 'nothing',
    privileged: SIM_CAPABILITIES,
    unprivileged: SIM_CAPABILITIES,
  },
];

process.exitCode = main(process.argv.slice(2));

function main(args: readonly string[]): number {
  if (args.includes('--help')) {
    console.log(HELP);
    return 0;
  }
  const table: CaseTable = JSON.parse(readFileSync(`${REPOSITORY}${TABLE}`, 'utf8'));
  const page = { path: PAGE, text: enginesPage(COLUMNS, table) };
  if (args.includes('--check')) return checkPage(page, `the engines and ${TABLE}`);
  writePage(page);
  console.log(`${PAGE}: ${COLUMNS.length} engines, ${table.groups.flatMap(({ cases }) => cases).length} cases`);
  return 0;
}
