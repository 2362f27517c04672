import { expect, test } from 'vitest';
import { as, type VirtualAddress } from '../../base/brand.js';
import type { WatchInfo } from '../../model/hit.js';
import type { ClientWatch } from '../../session/debug/index.js';
import { NewsWriter } from './news-writer.js';

const info: WatchInfo = {
  ...{ expression: 'x', address: as<VirtualAddress>(16n), size: 4, access: 'write' },
  type: { kind: 'signed', size: 4, name: 'int' },
};

const watch: ClientWatch = {
  ...{ id: 7, info, isArmed: false },
  arming: { isArmed: false, threads: 0, cpus: 0, notCovered: [], slots: 1, cover: 'exact', pointerSlots: null },
  tally: () => Promise.resolve([]),
  close: () => Promise.resolve(),
};

test('what happens to a watch before it is known is told once it is', () => {
  const news = new NewsWriter();
  news.event({ type: 'event', event: { kind: 'waiting', watch: info } });
  expect(news.take()).toEqual([]);
  news.watch(watch);
  expect(news.take()).toMatchObject([
    { type: 'define', definition: { table: 'infos' } },
    { type: 'watch', watch: 7, isArmed: false },
    { type: 'happened', event: { kind: 'waiting', info: 0 } },
  ]);
  news.watch(watch);
  expect(news.isEmpty).toBe(true);
});
