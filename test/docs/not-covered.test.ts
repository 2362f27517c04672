// docs/not-covered.md explains every code that a watch may give, and only those.
import { expect, test } from 'vitest';
import type { NotCovered } from '../../src/model/coverage.js';
import { pageText, sectionsOf } from './markdown.js';

type Code<C extends NotCovered> = C extends `thread:${number}` ? 'thread:TID' : C extends `cpu:${number}` ? 'cpu:N' : C;

/** The compiler holds this against the type. */
const CODES: Readonly<Record<Code<NotCovered>, true>> = {
  'kernel-writes': true,
  'process-vm-writev': true,
  'other-mapping': true,
  dma: true,
  children: true,
  'new-threads': true,
  'after-exec': true,
  'no-register': true,
  nmi: true,
  sampled: true,
  'thread:TID': true,
  'cpu:N': true,
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
