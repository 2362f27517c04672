// docs/engines.md as text: what each engine can do, and which cases of the conformance suite it passes. Pure.
import { markdownTable } from './markdown-table.js';

/** What of an engine's capabilities the page shows (src/engines/contract.ts). */
export interface EngineFacts {
  readonly name: string;
  readonly stopsTarget: boolean;
  readonly kernelWrites: boolean;
  readonly slots: number;
  readonly values: 'rebuilt' | 'read-at-hit';
  readonly accesses: readonly string[];
  readonly inherits: readonly string[];
  readonly targets: readonly string[];
  readonly handles: readonly string[];
  readonly pauses: boolean;
  readonly blindTo: readonly string[];
}

/** An engine, with all privilege and without any. */
export interface EngineColumn {
  /** What it watches. */
  readonly watches: string;
  /** What it must have. */
  readonly needs: string;
  readonly privileged: EngineFacts;
  readonly unprivileged: EngineFacts;
}

/** test/conformance/cases.json. */
export interface CaseTable {
  readonly needs: Readonly<Record<string, { readonly cannot: Readonly<Record<string, string>> }>>;
  readonly groups: readonly {
    readonly name: string;
    readonly cases: readonly { readonly title: string; readonly needs: readonly string[] }[];
  }[];
}

/** Stands at the top of the page. */
const GENERATED = '<!-- Made from src/engines and test/conformance/cases.json by `npm run docs`: change it there. -->';

const INTRODUCTION = `# Engines

An engine is a way to place breakpoints and to receive their hits. \`--engine\` chooses one; \`auto\` takes the first that works here. All of them
keep the same contract (\`src/engines/contract.ts\`) and are put through the same cases; what one cannot do stands here with the reason.`;

const CASES = `## The cases

\`npm test\` puts every engine through them (\`test/conformance\`): those that watch live processes on small C programs, \`sim\` on simulated
programs that do the same. A case that an engine cannot pass is skipped there with the same words.`;

/** The whole page. Throws Error for a need of a case that the table does not explain. */
export function enginesPage(columns: readonly EngineColumn[], table: CaseTable): string {
  const header = columns.map(({ privileged }) => `\`${privileged.name}\``);
  const parts = [GENERATED, INTRODUCTION, '## What they can do', markdownTable(['', ...header], capabilityRows(columns)), CASES];
  const groups = table.groups.map(({ name, cases }) => {
    const rows = cases.map(({ title, needs }) => [title, ...columns.map(({ unprivileged }) => verdict(unprivileged, needs, table))]);
    return `### ${capitalised(name)}\n\n${markdownTable(['case', ...header], rows)}`;
  });
  return `${[...parts, ...groups].join('\n\n')}\n`;
}

function capabilityRows(columns: readonly EngineColumn[]): string[][] {
  const row = (title: string, of: (facts: EngineFacts) => string): string[] => [title, ...columns.map((column) => byPrivilege(column, of))];
  return [
    ['watches', ...columns.map(({ watches }) => watches)],
    ['needs', ...columns.map(({ needs }) => needs)],
    row('the kernel itself (`--kernel`)', ({ targets }) => (targets.includes('kernel') ? 'yes' : 'no')),
    row('stops the target at a hit', ({ stopsTarget }) => (stopsTarget ? 'yes' : 'no')),
    row('debug registers for one thread', ({ slots }) => `${slots}`),
    row('accesses', ({ accesses }) => accesses.join(', ')),
    row('inherit policies', ({ inherits }) => inherits.join(', ')),
    row('values of a hit', ({ values }) => (values === 'rebuilt' ? 'rebuilt from registers and code' : 'read at the hit')),
    row('conditions', ({ handles }) => (handles.includes('each') ? 'tested at the hit' : 'tested after the hit is read')),
    row('counts instead of hits', ({ handles }) => (handles.includes('counts') ? 'kept at the hit' : 'made of hits')),
    row('can be switched off and on (`--max-rate`)', ({ pauses }) => (pauses ? 'yes' : 'no')),
    row('what the kernel writes into user memory', ({ kernelWrites }) => (kernelWrites ? 'seen' : 'not seen')),
    row('never sees', ({ blindTo }) => (blindTo.length === 0 ? 'nothing is hidden' : blindTo.map((code) => `\`${code}\``).join(', '))),
  ];
}

function byPrivilege({ privileged, unprivileged }: EngineColumn, of: (facts: EngineFacts) => string): string {
  const [most, least] = [of(privileged), of(unprivileged)];
  return most === least ? most : `${most} with CAP_PERFMON or kernel.perf_event_paranoid of at most 1, else ${least}`;
}

function verdict(facts: EngineFacts, needs: readonly string[], { needs: known }: CaseTable): string {
  for (const need of needs) {
    const [kind, word = ''] = need.split(' ');
    if (kind === 'inherits' || kind === 'accesses' || kind === 'handles') {
      if (!facts[kind].includes(word)) return `cannot: its capabilities have no ${need}`;
      continue;
    }
    const found = known[need];
    if (found === undefined) throw new Error(`test/conformance/cases.json does not say what ${need} is`);
    const reason = found.cannot[facts.name];
    if (reason !== undefined) return `cannot: ${reason}`;
  }
  return 'passes';
}

function capitalised(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
