// One run of watch, who or stat: opens the target, arms, waits for the end, and says how it went.

import type { SummaryMessage } from '../model/messages.js';
import type { HitRecord, Item, Target, Watch } from '../session/index.js';
import { attach, launch } from '../session/index.js';
import { STATUS } from './errors.js';
import { Interrupts } from './interrupts.js';
import { lineStart } from './line-start.js';
import { armedMessage } from './output/messages.js';
import { armedLine, summaryLine } from './output/text.js';
import { LineSink, openOutput } from './sink.js';
import type { CommonOptions } from './watch-options.js';

/** What a command does with what comes. */
export interface Presenter {
  /** All watches are armed; the target, if launched, has not started. */
  armed?(target: Target, watches: readonly Watch[]): void;
  /** Complete hits and events, in order; hits beyond --limit and filtered ones are already left out. */
  items(items: readonly Item[], sink: LineSink): void;
  /** Nothing more comes: print totals. */
  finish(sink: LineSink, target: Target): void;
}

/** Runs to the end; returns the exit status. */
export async function runSession(options: CommonOptions, presenter: Presenter): Promise<number> {
  const run = new SessionRun(options, presenter);
  return run.run();
}

class SessionRun {
  readonly #options: CommonOptions;
  readonly #presenter: Presenter;
  #sink: LineSink | null = null;
  #remaining: number;
  #target: Target | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: CommonOptions, presenter: Presenter) {
    this.#options = options;
    this.#presenter = presenter;
    this.#remaining = options.limit ?? Number.POSITIVE_INFINITY;
  }

  async run(): Promise<number> {
    const { target: choice } = this.#options;
    const output = openOutput(this.#options.output);
    const target = await this.#open();
    this.#target = target;
    const sink = new LineSink({ ...output, lead: lineStart(output.fd, target.pid), onGone: () => this.#stop() });
    this.#sink = sink;
    const interrupts = new Interrupts({ forwardTo: choice.kind === 'command' ? target.pid : null, onFirst: () => this.#stop() });
    try {
      this.#announce(await this.#arm(target));
      if (this.#options.durationMs !== null) this.#timer = setTimeout(() => this.#stop(), this.#options.durationMs);
      target.resume();
      await target.ended;
      return await this.#finish(target, sink, interrupts);
    } finally {
      if (this.#timer !== null) clearTimeout(this.#timer);
      interrupts.dispose();
      await target[Symbol.asyncDispose]();
    }
  }

  async #open(): Promise<Target> {
    const { target, inherit, engine } = this.#options;
    const options = { inherit, engine, onItems: (items: readonly Item[]) => this.#items(items) };
    return target.kind === 'pid' ? attach(target.pid, { ...options, tid: target.tid }) : launch(target.argv, options);
  }

  async #arm(target: Target): Promise<Watch[]> {
    const { expressions, access, as, stackDepth } = this.#options;
    const watches: Watch[] = [];
    for (const expression of expressions) watches.push(await target.watch(expression, { access, as, stackDepth }));
    return watches;
  }

  #announce(watches: readonly Watch[]): void {
    const target = this.#target;
    if (target === null) return;
    this.#presenter.armed?.(target, watches);
    if (this.#options.quiet) return;
    for (const watch of watches) {
      const message = armedMessage(watch, target.engine);
      if (this.#options.json) this.#sink?.line(JSON.stringify(message));
      else process.stderr.write(`hwbkpt: ${armedLine(message)}\n`);
    }
    this.#sink?.push();
  }

  #items(items: readonly Item[]): void {
    const sink = this.#sink;
    if (sink === null) return;
    const wanted = this.#options.changesOnly || this.#options.limit !== null ? this.#select(items) : items;
    if (wanted.length > 0) this.#presenter.items(wanted, sink);
    sink.push();
    if (this.#remaining <= 0) this.#stop();
  }

  #select(items: readonly Item[]): Item[] {
    const selected: Item[] = [];
    for (const item of items) {
      if (item.kind !== 'hit') selected.push(item);
      else if (this.#remaining > 0 && !(this.#options.changesOnly && isUnchanged(item))) {
        this.#remaining--;
        selected.push(item);
      }
    }
    return selected;
  }

  /** Disarms; the target runs on. */
  #stop(): void {
    void this.#target?.disarm();
  }

  async #finish(target: Target, sink: LineSink, interrupts: Interrupts): Promise<number> {
    const summary = target.summary();
    this.#presenter.finish(sink, target);
    if (!this.#options.quiet) this.#printSummary(sink, summary);
    await sink.end();
    const status = this.#options.target.kind === 'command' ? await launchedStatus(target, interrupts) : STATUS.OK;
    return this.#options.strict && status === STATUS.OK && isIncomplete(summary, target, sink) ? STATUS.STRICT : status;
  }

  #printSummary(sink: LineSink, summary: SummaryMessage): void {
    const shown = { ...summary, lost: summary.lost + sink.dropped };
    if (this.#options.json) sink.line(JSON.stringify(shown));
    else process.stderr.write(`hwbkpt: ${summaryLine(shown)}\n`);
  }
}

function isUnchanged(hit: HitRecord): boolean {
  return hit.sameValue;
}

/** What `--strict` minds. What no debug register can ever see, and what was left out by --inherit, is not counted. */
function isIncomplete(summary: SummaryMessage, target: Target, sink: LineSink): boolean {
  const inherent: readonly string[] = [...target.inherentBlindness, 'children', 'new-threads'];
  return summary.lost + sink.dropped > 0 || summary.unseen_changes > 0 || summary.not_covered.some((code) => !inherent.includes(code));
}

/** Waits for the launched command and returns its status, as a shell would. */
async function launchedStatus(target: Target, interrupts: Interrupts): Promise<number> {
  for (;;) {
    const ending = target.pollEnding();
    if (ending?.kind === 'exited') return ending.status;
    if (ending?.kind === 'killed') return 128 + ending.signal;
    if (ending?.kind === 'gone') return STATUS.OK;
    await interrupts.sleep(5);
  }
}
