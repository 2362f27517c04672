// docs/kernels.md as text: the kernels, their rules, what the sources disagree on, and what each scenario shows on all kernels. Pure.
import { rulesPart } from './kernels-rules.js';
import { type Sheet, scenarioPart } from './kernels-scenarios.js';
import { DISAGREEMENTS, TOPICS, type Topic } from './kernels-topics.js';
import { markdownTable } from './markdown-table.js';

/** Stands at the top of the page. */
const GENERATED = '<!-- Made from fixtures/scenarios and src/machine/kernels by `npm run docs`: change it there. -->';

/** The command's own output is the same table. */
const INTRODUCTION = `# Six kernels

What happens when one system call writes to two watched places? Who gets a debug register when all four are taken? What does a child have of its
parent's breakpoints? Each kernel has had its own answers. On the simulated machine six of them can be asked the same questions:

| kernel | is | of |
| --- | --- | --- |
| \`hwbkpt\` | the design that the mails of 2007 argue for: one facility for kernel and user mode, by priority | 2007 to 2009 |
| \`linux-2.6.20\` | the Linux that they talk about, on x86-64, with the patch Kwatch on top | early 2007 |
| \`linux\` | Linux: breakpoints are perf events, and ptrace's registers are a way to them | today |
| \`netbsd-2016\` | NetBSD's watchpoints for each LWP, as the mail proposed them | December 2016 |
| \`netbsd\` | what NetBSD has instead: a tracer writes the registers | since February 2017 |
| \`freebsd\` | FreeBSD: a tracer writes the registers, and other things are checked | today |

A kernel is a value of \`Rules\` (\`src/facility/rules.ts\`): plain data, which the facility and the machine read; \`src/machine/kernels\` has the six.
A scenario is a small text: some memory, some programs, and who asks for what in which order ([the language](scenarios.md)). Any of them can be run:

    hwbkpt lab run fixtures/scenarios/two-watches-one-syscall.scn                what happens, step by step, and is it as it should be?
    hwbkpt lab run fixtures/scenarios/two-watches-one-syscall.scn --rules all    the table below
    hwbkpt lab run fixtures/scenarios/two-watches-one-syscall.scn --mutants      does it notice when a rule is changed?

**S0** is Roland McGrath's mail on Kwatch of 22 February 2007, **S4** Stephane Eranian's on debug registers and fork of 5 March 2007, **S1**
Kamil Rytarowski's on NetBSD's hardware watchpoints of December 2016. \`R-nnn\`, \`T-...\` and \`N-n\` are [requirements](requirements-coverage.md).`;

const RULES_HEAD = `## Rules

A \`·\` says: as hwbkpt.`;

const DISAGREEMENTS_HEAD = `## Where the sources disagree

hwbkpt had to choose; the scenarios show each choice.`;

const SCENARIOS_HEAD = `## How to read the tables

A table has a row for each line of the script to which the kernels have different answers: its number in the file, and what is asked or looked at.
\`T is\`: whether thread T runs, stands or has ended. \`T dr6 shows\`: the bits for hits, as its tracer reads them. \`T exception\`: how often the
processor raised one. \`cpu 0 armed\`: what its registers watch, from DR0 up. Kernels that answer alike share a column. \`-\`: it did not get so far.`;

/** The whole page. `sheets`: all scenarios. Throws Error for a name in the lists of topics that none of them has. */
export function kernelsPage(sheets: readonly Sheet[]): string {
  const topics = topicsOf(sheets);
  const scenarios = topics.map(({ title, sheets: own }) => [`## ${title}`, ...own.map(scenarioPart)].join('\n\n'));
  const parts = [
    GENERATED,
    INTRODUCTION,
    contents(topics),
    RULES_HEAD,
    rulesPart(),
    DISAGREEMENTS_HEAD,
    disagreements(sheets),
    SCENARIOS_HEAD,
  ];
  return `${[...parts, ...scenarios].join('\n\n')}\n`;
}

/** A topic with its scenarios read. */
interface ReadTopic {
  readonly title: string;
  readonly sheets: readonly Sheet[];
}

function topicsOf(sheets: readonly Sheet[]): ReadTopic[] {
  const named = new Set(TOPICS.flatMap(({ scenarios }) => scenarios));
  const more: Topic = { title: 'More', scenarios: sheets.map(({ name }) => name).filter((name) => !named.has(name)) };
  const topics = more.scenarios.length === 0 ? TOPICS : [...TOPICS, more];
  return topics.map(({ title, scenarios }) => ({ title, sheets: scenarios.map((name) => sheetOf(sheets, name)) }));
}

function sheetOf(sheets: readonly Sheet[], name: string): Sheet {
  const found = sheets.find((sheet) => sheet.name === name);
  if (found === undefined) throw new Error(`scripts/kernels-topics.ts names a scenario that is not there: ${name}`);
  return found;
}

function contents(topics: readonly ReadTopic[]): string {
  const lines = topics.map(({ title, sheets }) => `- ${link(title)}: ${sheets.map(({ scenario }) => link(scenario.title)).join(' · ')}`);
  return ['## Contents', [`- ${link('Rules')}`, `- ${link('Where the sources disagree')}`, ...lines].join('\n')].join('\n\n');
}

function link(title: string): string {
  return `[${title}](#${anchor(title)})`;
}

/** What a heading is called on the web. */
function anchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}

function disagreements(sheets: readonly Sheet[]): string {
  const rows = DISAGREEMENTS.map(({ topic, options, scenarios }) => {
    const links = scenarios.map((name) => link(sheetOf(sheets, name).scenario.title));
    return [topic, options, links.join(', ')];
  });
  return markdownTable(['about', 'answers', 'shown by'], rows);
}
