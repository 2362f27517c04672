// Checks what a line alone cannot show: names are declared once and used as what they are, CPUs and bytes exist.
import { nearNames } from '../base/near.js';
import type { AddressText, Named, RangeText } from './address.js';
import { addressIn, type Layout, layOut, lengthIn } from './layout.js';
import { addressesOfInstruction, addressesOfStatement, rangesOfInstruction, rangesOfStatement, threadsOfStatement } from './mentions.js';
import { fitsRule, knownValues, ruleFields } from './rule-change.js';
import type { RuleChange, Scenario, Statement } from './scenario.js';
import { ScenarioError, type Spot } from './scenario-error.js';
import { LINE_WORDS } from './words.js';

/** Everything that is wrong with `scenario`, in no order. */
export function checkScenario(scenario: Scenario): ScenarioError[] {
  return new Checker(scenario).run();
}

/** Threads of `scenario`: those it begins with and those that its programs make. */
export function threadNames(scenario: Scenario): Named[] {
  const children = scenario.programs.flatMap(({ code }) =>
    code.flatMap(({ instruction }) => {
      const call = instruction.op === 'syscall' ? instruction.call : null;
      return call !== null && 'as' in call && call.as !== null ? [call.as] : [];
    }),
  );
  return [...scenario.threads, ...children];
}

class Checker {
  readonly #scenario: Scenario;
  readonly #layout: Layout;
  readonly #threads: readonly string[];
  readonly #errors: ScenarioError[] = [];

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#layout = layOut(scenario);
    this.#threads = threadNames(scenario).map(({ name }) => name);
  }

  run(): ScenarioError[] {
    this.#names();
    for (const change of [...this.#scenario.mutants, ...this.#scenario.rules]) this.#rule(change);
    for (const program of this.#scenario.programs) {
      this.#unique(program.labels, 'label');
      for (const { instruction } of program.code) {
        for (const address of addressesOfInstruction(instruction)) this.#address(address, false);
        for (const range of rangesOfInstruction(instruction)) this.#range(range);
      }
    }
    for (const thread of this.#scenario.threads) this.#thread(thread);
    for (const statement of this.#scenario.script) this.#statement(statement);
    return this.#errors;
  }

  #rule(change: RuleChange): void {
    const { field, value } = change;
    const fields = ruleFields();
    if (!fields.includes(field)) this.#unknown({ ...change, name: field }, 'rule', fields);
    else if (!fitsRule(field, value)) {
      const values = knownValues(field).join(', ');
      this.#mistake('scenario-range', { ...change, name: field }, `${field} cannot be ${value}`, `Kernels have: ${values}.`);
    }
  }

  #names(): void {
    const { memories, programs, actors } = this.#scenario;
    const all = [...memories, ...programs, ...threadNames(this.#scenario), ...actors];
    this.#unique(all, 'name');
    for (const named of all) {
      if (LINE_WORDS.includes(named.name))
        this.#mistake('scenario-name-taken', named, `${JSON.stringify(named.name)} is a word of the language`);
    }
    this.#memories();
  }

  #memories(): void {
    for (const [index, memory] of this.#scenario.memories.entries()) {
      const region = this.#layout.regions[index];
      if (region === undefined) continue;
      const ownHalf = memory.kernel ? region.at < 0 : region.at >= 0;
      if (!ownHalf) this.#mistake('scenario-range', memory, `${memory.name} does not lie in the ${memory.kernel ? 'kernel' : 'user'} half`);
      const other = this.#layout.regions
        .slice(0, index)
        .find(({ at, length }) => at < region.at + region.length && region.at < at + length);
      if (other !== undefined) this.#mistake('scenario-range', memory, `${memory.name} and ${other.name} overlap`);
    }
  }

  #unique(names: readonly Named[], what: string): void {
    const seen = new Map<string, Named>();
    for (const named of names) {
      const first = seen.get(named.name);
      if (first === undefined) seen.set(named.name, named);
      else this.#mistake('scenario-name-taken', named, `the ${what} ${JSON.stringify(named.name)} is taken: line ${first.line} has it`);
    }
  }

  #thread(thread: Scenario['threads'][number]): void {
    this.#cpu(thread.cpu, thread);
    const programs = this.#scenario.programs.map(({ name }) => name);
    if (!programs.includes(thread.program.name)) this.#unknown(thread.program, 'program', programs);
    if (thread.start !== null) this.#address(thread.start, false);
  }

  #statement(statement: Statement): void {
    for (const thread of threadsOfStatement(statement)) {
      if (!this.#threads.includes(thread.name)) this.#unknown(thread, 'thread', this.#threads);
    }
    for (const { address, orThread } of addressesOfStatement(statement)) this.#address(address, orThread);
    for (const range of rangesOfStatement(statement)) this.#range(range);
    for (const cpu of cpusOf(statement)) this.#cpu(cpu, statement);
  }

  #address(address: AddressText, orThread: boolean): void {
    if (addressIn(this.#layout, address) !== null || address.kind === 'number') return;
    if (orThread && address.kind === 'name' && this.#threads.includes(address.name)) return;
    if (address.kind === 'name')
      this.#unknown(address, 'memory', [...this.#layout.regions.map(({ name }) => name), ...(orThread ? this.#threads : [])]);
    else this.#unknown(address, 'label', [...this.#layout.labels.keys()]);
  }

  #range(range: RangeText): void {
    this.#address(range.address, false);
    const at = addressIn(this.#layout, range.address);
    if (at === null || lengthIn(this.#layout, range) !== null) return;
    this.#mistake('scenario-range', range.address, 'it is not said how many bytes', 'Write the length behind it: a+4:2.');
  }

  #cpu(cpu: number, spot: Spot): void {
    const { cpus } = this.#scenario;
    if (cpu < cpus) return;
    const there = cpus === 1 ? 'there is CPU 0 only' : `there are CPUs 0 to ${cpus - 1}`;
    this.#mistake('scenario-range', { ...spot, name: `${cpu}` }, `there is no CPU ${cpu}: ${there}`, 'A line `cpus N` says how many.');
  }

  #unknown(named: Named, what: string, known: readonly string[]): void {
    this.#errors.push(
      new ScenarioError({
        code: 'scenario-unknown-name',
        spot: named,
        found: named.name,
        message: `there is no ${what} ${JSON.stringify(named.name)}`,
        near: nearNames(named.name, known),
      }),
    );
  }

  #mistake(code: ScenarioError['code'], at: Spot & { readonly name?: string }, message: string, hint?: string): void {
    const mistake = { code, spot: at, found: at.name ?? '', message };
    this.#errors.push(new ScenarioError(hint === undefined ? mistake : { ...mistake, hint }));
  }
}

function cpusOf(statement: Statement): number[] {
  if (statement.kind === 'switch') return [statement.cpu];
  if (statement.kind === 'request') return 'cpu' in statement.request && statement.request.cpu !== null ? [statement.request.cpu] : [];
  if (statement.kind !== 'expect') return [];
  const { fact } = statement;
  const events = fact.kind === 'times' ? [fact.event] : fact.kind === 'order' ? fact.events : [];
  return [...('cpu' in fact ? [fact.cpu] : []), ...events.flatMap((event) => (event.of === 'cpu' ? [event.cpu] : []))];
}
