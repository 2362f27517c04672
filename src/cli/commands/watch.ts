// hwbkpt watch: a line for every access.
import type { Invocation } from '../command-spec.js';
import { colorsFor } from '../output/colors.js';
import { HitJsonPrinter } from '../output/json.js';
import { type HitStyle, hitLine } from '../output/text.js';
import type { Presenter } from '../presenter.js';
import { runSession } from '../session-run.js';
import { commonOptions } from '../watch-options.js';

export async function runWatch(invocation: Invocation): Promise<number> {
  const options = commonOptions(invocation, 'watch');
  return runSession(options, options.json ? jsonPresenter() : textPresenter());
}

function jsonPresenter(): Presenter {
  const printer = new HitJsonPrinter();
  return { hit: (hit, sink) => sink.offer(printer.line(hit)) };
}

function textPresenter(): Presenter {
  let armed = 0n;
  let style: HitStyle | null = null;
  return {
    armed() {
      armed = process.hrtime.bigint();
    },
    hit(hit, sink) {
      // A program that runs may be hit between arming and the line that says so.
      style ??= { since: hit.time < armed ? hit.time : armed, colors: colorsFor(sink.fd) };
      sink.offer(hitLine(hit, style));
    },
  };
}
