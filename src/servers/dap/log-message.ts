// The text of a logpoint: what stands in braces is evaluated in the frame that was reached.
import { evaluate, itemText } from '../../session/inspect/index.js';
import type { Debuggee } from './debuggee.js';

/** `hp is {who->hp}` with the value in the brackets' place; why there is none, where there is none. */
export async function logText(debuggee: Debuggee, tid: number, message: string): Promise<string> {
  const { view, thread, frames } = await debuggee.frames(tid, 1);
  const [frame] = frames;
  return message.replaceAll(/\{([^{}]+)\}/g, (_whole, expression: string) => {
    try {
      return itemText(view, evaluate(view, expression, frame === undefined ? null : { frame, thread }));
    } catch (error) {
      return `<${error instanceof Error ? error.message : String(error)}>`;
    }
  });
}
