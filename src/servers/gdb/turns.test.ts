import { expect, test } from 'vitest';
import { Turns } from './turns.js';

test('what goes wrong with one is told, and keeps neither the others nor the end of all waiting', async () => {
  const said: string[] = [];
  let isOver: () => void = () => undefined;
  const over = new Promise<void>((resolve) => {
    isOver = resolve;
  });
  const turns = new Turns<string>({
    async take(item) {
      said.push(`take ${item}`);
      await Promise.resolve();
      if (item === 'bad') throw new Error('bad');
      said.push(`took ${item}`);
    },
    failed: (error) => said.push(String(error)),
    done(isLast) {
      said.push(isLast ? 'all done' : 'done');
      if (isLast) isOver();
    },
  });
  for (const item of ['a', 'bad', 'c']) turns.add(item);
  await over;
  expect(said).toEqual(['take a', 'took a', 'done', 'take bad', 'Error: bad', 'done', 'take c', 'took c', 'all done']);
});

test('what goes wrong when one is done is told', async () => {
  const said: string[] = [];
  const turns = new Turns<string>({
    take: () => Promise.resolve(),
    failed: (error) => said.push(String(error)),
    done(isLast) {
      if (!isLast) throw new Error('not yet');
      said.push('all done');
    },
  });
  turns.add('a');
  turns.add('b');
  await new Promise((resolve) => setImmediate(resolve));
  expect(said).toEqual(['Error: not yet', 'all done']);
});
