// What V8 calls its code in perf's list, taken apart: kind, tier, function, file and position.
//
//     JS:*fill /srv/app.js:12:15      LazyCompile:~emit node:events:460:44      Builtin:ArrayPush      wasm-function[3]
//        * optimised (TurboFan)  + Maglev  ^ Sparkplug  ~ interpreted
import type { CodePlace } from './place.js';

const OF_SCRIPTS = /^(?:JS|LazyCompile|Function|InterpretedFunction|Script|Eval|Callback):[*~^+']?(.*)$/;
const POSITION = /^(.*?) ?((?:\/|[a-z]+:).*?):(\d+)(?::\d+)?$/;
const ANONYMOUS = '(anonymous)';

/** Function, file and line as far as `name` tells them; a name of another kind is the function's. */
export function scriptPlace(name: string): Pick<CodePlace, 'function' | 'file' | 'line'> {
  const script = OF_SCRIPTS.exec(name)?.[1];
  if (script === undefined) return { function: name, file: null, line: null };
  const position = POSITION.exec(script);
  if (position === null) return { function: script.trim() || ANONYMOUS, file: null, line: null };
  const [, called = '', file = '', line] = position;
  return { function: called.trim() || ANONYMOUS, file: file.replace(/^file:\/\//, ''), line: Number(line) };
}
