// One run of watch, who or stat: opens the target, arms, waits for the end, and says how it went.

import { ownSurroundings } from '../linux/surroundings.js';
import type { Inherit } from '../model/access.js';
import type { TargetEvent } from '../model/hit.js';
import type { JoinedTarget, RunTarget, RunWatch, SharedHit, SharedItem, Sharing } from '../servers/share/index.js';
import type { Target } from '../session/index.js';
import type { CountedRun } from './counted.js';
import { STATUS, UsageError } from './errors.js';
import { Interrupts } from './interrupts.js';
import { armAll, openRun, shareLaunched } from './open-run.js';
import { armedMessage, eventMessage } from './output/messages.js';
import { openOutput } from './output/open-output.js';
import { armedLine, eventLine, summaryLine } from './output/text.js';
import { visible } from './output/visible.js';
import type { Presenter } from './presenter.js';
import { launchedStatus } from './process-end.js';
import { isWarning } from './quiet.js';
import { Streams } from './streams.js';
import { unmappedNote } from './unmapped.js';
import type { CommonOptions } from './watch-options.js';

/** Runs to the end; returns the exit status. */
export async function runSession(options: CommonOptions, presenter: Presenter): Promise<number> {
  await using run = new SessionRun(options, presenter);
  using output = openOutput(options.output);
  return await run.run(output);
}

class SessionRun implements AsyncDisposable {
  readonly #options: CommonOptions;
  readonly #presenter: Presenter;
  /** Taken before anything of ours is opened. */
  readonly #surroundings = ownSurroundings();
  readonly #interrupts: Interrupts;
  #streams: Streams | null = null;
  #target: RunTarget | null = null;
  /** What lets others join; null where this command has joined another, or shares nothing. */
  #sharing: Sharing | null = null;
  /** Why the target is not shared, for people; null where it is, or nobody asked for it. */
  #alone: string | null = null;
  #timer: NodeJS.Timeout | null = null;
  #hits = 0;

  constructor(options: CommonOptions, presenter: Presenter) {
    this.#options = options;
    this.#presenter = presenter;
    this.#interrupts = new Interrupts({ ignored: this.#surroundings.ignoredSignals, onFirst: () => this.#interrupted() });
  }

  async run(output: { readonly fd: number; readonly name: string }): Promise<number> {
    const { target, sharing, because } = await openRun(this.#options, {
      surroundings: this.#surroundings,
      onItems: (items) => this.#items(items),
    });
    this.#target = target;
    this.#sharing = sharing;
    this.#alone = because;
    if (this.#options.maxRate !== null && !target.canSample) throw cannotSample(target.engine);
    this.#streams = new Streams(output, target, () => this.#stop());
    const watches = await armAll(target, this.#options, this.#presenter.keep);
    // Before it runs, so that whoever hears of it finds it shared.
    if (this.#options.target.kind === 'command') this.#sharing = await shareLaunched(target as Target, this.#options);
    this.#announce(target, this.#streams, watches);
    if (this.#options.target.kind === 'command' && target.pid !== null) this.#interrupts.forwardTo(target.pid);
    if (this.#options.durationMs !== null) this.#timer = setTimeout(() => this.#stop(), this.#options.durationMs);
    if (this.#interrupts.happened) this.#stop();
    target.resume();
    await target.ended;
    return await this.#finish(target, this.#streams);
  }

  #announce(target: RunTarget, streams: Streams, watches: readonly RunWatch[]): void {
    this.#presenter.armed?.(countedRun(target, watches), streams.hits);
    if (typeof target.risk === 'string' && !this.#options.quiet) streams.note(target.risk);
    if (this.#alone !== null && !this.#options.quiet && !this.#options.json) streams.note(`not shared: ${visible(this.#alone)}`);
    const owner = isJoined(target) ? target.owner : null;
    for (const watch of watches) {
      // One that waits says so by an event, and by another when it is armed.
      if (!watch.isArmed) continue;
      const message = armedMessage(watch, target.engine, owner?.pid ?? null);
      if (this.#options.json) streams.hits.line(JSON.stringify(message));
      else if (!this.#options.quiet) streams.note(armedLine(message));
      const unmapped = this.#options.quiet ? null : unmappedNote(target, watch);
      if (unmapped !== null) streams.note(unmapped);
    }
    streams.push();
  }

  #items(items: readonly SharedItem[]): void {
    const streams = this.#streams;
    if (streams === null) return;
    for (const item of items) {
      if (item.kind === 'hit') this.#hit(item, streams);
      else this.#event(item, streams);
    }
    this.#presenter.roundEnd?.(streams.hits);
    streams.push();
    if (this.#hits === this.#options.limit) this.#stop();
  }

  #hit(hit: SharedHit, streams: Streams): void {
    if (this.#hits === this.#options.limit) return;
    this.#hits++;
    this.#presenter.hit(hit, streams.hits);
  }

  #event(event: TargetEvent, streams: Streams): void {
    if (event.kind === 'fork') streams.forked();
    if (this.#options.json) streams.hits.line(JSON.stringify(eventMessage(event)));
    else if (!this.#options.quiet || isWarning(event.kind)) {
      this.#presenter.interrupt?.();
      streams.note(eventLine(event, this.#options.inherit === 'children'));
    }
  }

  #interrupted(): void {
    this.#streams?.echoed();
    this.#stop();
  }

  /** Disarms; the target runs on. */
  #stop(): void {
    void this.#target?.disarm();
  }

  async #finish(target: RunTarget, streams: Streams): Promise<number> {
    const left = this.#sharing?.leave('its command has ended');
    const summary = target.summary();
    this.#presenter.finish?.(streams.hits);
    const { dropped } = streams.hits;
    const hits = (this.#presenter.keep ?? 'each') === 'each' ? this.#hits : summary.hits;
    const shown = { ...summary, hits: hits - dropped, lost: summary.lost + dropped };
    if (this.#options.json) streams.hits.line(JSON.stringify(shown));
    else if (!this.#options.quiet && !streams.hits.gone) streams.note(summaryLine(shown));
    await streams.end();
    await left;
    const status = this.#options.target.kind === 'command' ? await launchedStatus(target) : STATUS.OK;
    if (streams.hits.failure !== null) throw streams.hits.failure;
    return this.#options.strict && status === STATUS.OK && isIncomplete(shown, target, this.#options.inherit) ? STATUS.STRICT : status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#interrupts[Symbol.dispose]();
    await this.#sharing?.leave('its command has ended');
    await this.#target?.[Symbol.asyncDispose]();
  }
}

/** Whether another hwbkpt has it. */
function isJoined(target: RunTarget): target is JoinedTarget {
  return 'owner' in target;
}

function cannotSample(engine: string): UsageError {
  return new UsageError(`--max-rate cannot be had with the ${engine} engine, which cannot switch a watch off and on`);
}

function countedRun(target: RunTarget, watches: readonly RunWatch[]): CountedRun {
  return {
    rows: () => watches.flatMap((watch) => watch.tally()),
    sampling: () => (target.watched === null ? null : { watched: target.watched }),
  };
}

/** What `--strict` minds. What no debug register can ever see, and what was left out by --inherit, is not counted. */
function isIncomplete(summary: ReturnType<RunTarget['summary']>, target: RunTarget, inherit: Inherit): boolean {
  const left: readonly string[] = inherit === 'none' ? ['children', 'new-threads'] : ['children'];
  const inherent: readonly string[] = [...target.inherentBlindness, ...left];
  return summary.lost > 0 || summary.unseen_changes > 0 || summary.not_covered.some((code) => !inherent.includes(code));
}
