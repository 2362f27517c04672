// docs/interfaces.md has the table of the cases as they are, and names every interface.
import { expect, test } from 'vitest';
import * as interfaces from '../../src/interfaces/index.js';
import { tableOfCases } from '../interfaces/all-cases.js';
import { pageText } from './markdown.js';

const page = pageText('docs/interfaces.md');

test('every case has its row, in order', () => {
  const [, table] = page.split('\n## The cases\n');
  expect(table?.slice(table.indexOf('| case')).trim()).toBe(tableOfCases());
});

test('every interface is there', () => {
  const [, offers = ''] = page.split('\n## What each offers\n');
  const named = [...(offers.split('\n## ')[0] ?? '').matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name ?? '');
  expect(named.toSorted()).toEqual(
    Object.keys(interfaces)
      .filter((name) => name !== 'HostTracer')
      .toSorted(),
  );
});
