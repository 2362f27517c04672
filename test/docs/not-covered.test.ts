// docs/not-covered.md explains every code that a watch may give, and only those.
import { expect, test } from 'vitest';
import type { NotCovered } from '../../src/model/coverage.js';
import { pageText, sectionsOf } from './markdown.js';

type Code<C extends NotCovered> = C extends `thread:${number}` ? 'thread:TID' : C extends `cpu:${number}` ? 'cpu:N' : C;

/** A test that makes a code appear for the reason that it stands for. */
interface Provoking {
  readonly file: string;
  /** Part of its title. */
  readonly title: string;
}

const HIDDEN_WAYS = 'test/coverage/hidden-ways.test.ts';
const FOLLOWING = 'test/session/following.test.ts';
const THREADS = 'test/coverage/threads.test.ts';

/** The compiler holds this against the type. */
const CODES: Readonly<Record<Code<NotCovered>, Provoking>> = {
  'kernel-writes': { file: 'test/cli/bad-targets.test.ts', title: 'what the kernel writes is said not to be seen' },
  'process-vm-writev': { file: HIDDEN_WAYS, title: 'by process_vm_writev' },
  'other-mapping': { file: HIDDEN_WAYS, title: 'through another mapping of the page' },
  dma: { file: HIDDEN_WAYS, title: 'by a disk’s controller into the buffer of a read' },
  children: { file: 'test/session/processes.test.ts', title: 'has every write of its threads by function, thread and value' },
  'new-threads': { file: 'test/session/processes.test.ts', title: 'is seen by one thread only where only that is watched' },
  'after-exec': { file: 'test/session/short-exec.test.ts', title: 'leaves the hits before it' },
  'no-register': { file: 'test/session/priority.test.ts', title: 'makes room for a higher one, says so, and is back when there is room' },
  're-aiming': { file: FOLLOWING, title: 'is armed where it leads when it changes, and has the hits there only' },
  'after-load': { file: FOLLOWING, title: 'is armed when it is' },
  nmi: { file: 'test/coverage/kernel.test.ts', title: 'names what no breakpoint sees there' },
  'owner-left': { file: 'test/cli/sharing.test.ts', title: 'attaches again when the owner is killed, and says so' },
  sampled: { file: 'test/cli/counting.test.ts', title: 'is sampled' },
  'thread:TID': { file: THREADS, title: 'names the threads that it has not come to' },
  'cpu:N': { file: THREADS, title: 'is named by an engine that arms each of them' },
};

const sections = sectionsOf(pageText('docs/not-covered.md'));

test('every code has a section, and no other thing has one', () => {
  expect(sections.filter(({ level }) => level === 2).map(({ title }) => title)).toEqual(Object.keys(CODES));
});

test('every code is in the table', () => {
  expect(sections[0]?.keys).toEqual(Object.keys(CODES));
});

test('every section says what to do', () => {
  const parts = pageText('docs/not-covered.md').split(/^## /m).slice(1);
  expect(parts.filter((part) => !/^To do: /m.test(part)).map((part) => part.split('\n')[0])).toEqual([]);
});

test.each(Object.entries(CODES))('%s is provoked by a test', (code, { file, title }) => {
  const text = pageText(file);
  expect(text).toContain(title);
  expect(text).toContain(code);
});
