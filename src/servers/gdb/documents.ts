// The documents that qXfer hands out, as byte strings.
import { addressOfHex, formatThreadId, targetDescription, utf8, xmlText } from '../../protocols/rsp/index.js';
import type { Library } from './libraries.js';
import { threadNameOf } from './procfs.js';
import type { GdbSession } from './session.js';

/** target.xml. */
export function featuresDocument({ layout }: GdbSession): string {
  return targetDescription(layout);
}

/** Every thread with its name. */
export function threadsDocument({ steering, settings }: GdbSession): string {
  const threads = steering.known().map((thread) => {
    const name = threadNameOf(thread.pid, thread.tid);
    const named = name === null ? '' : ` name="${xmlText(name)}"`;
    return `<thread id="${formatThreadId(thread, settings.multiprocess)}"${named}/>`;
  });
  return utf8(`<?xml version="1.0"?><threads>${threads.join('')}</threads>`);
}

/** `annex`: `start=LM;prev=LM;`: what follows link map `prev` from `start` on; without it all. */
export async function librariesDocument({ libraries, pid }: GdbSession, annex: string): Promise<string> {
  const all = await libraries.list(pid);
  const start = addressOfHex(/(?:^|;)start=([0-9a-f]+)/.exec(annex)?.[1] ?? '');
  const from = start === null || start === 0n ? 1 : all.findIndex(({ linkMap }) => linkMap === start);
  const shown = from < 0 ? [] : all.slice(from).filter(({ name }) => name !== '');
  const [main] = all;
  const attributes = main === undefined || from !== 1 ? '' : ` main-lm="0x${main.linkMap.toString(16)}"`;
  return `<library-list-svr4 version="1.0"${attributes}>${shown.map(libraryText).join('')}</library-list-svr4>`;
}

function libraryText({ name, linkMap, bias, dynamic }: Library): string {
  return `<library name="${xmlText(name)}" lm="0x${linkMap.toString(16)}" l_addr="0x${bias.toString(16)}" l_ld="0x${dynamic.toString(16)}" lmid="0x0"/>`;
}
