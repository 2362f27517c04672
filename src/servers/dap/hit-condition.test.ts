import { expect, test } from 'vitest';
import { hitCondition } from './hit-condition.js';

test.each([
  ['3', [3, 4, 5, 6]],
  ['>= 5', [5, 6]],
  ['>5', [6]],
  ['= 2', [2]],
  ['== 2', [2]],
  ['<= 2', [1, 2]],
  ['< 2', [1]],
  ['% 3', [3, 6]],
])('%s stops at hits %j', (text, stops) => {
  const condition = hitCondition(text);
  expect([1, 2, 3, 4, 5, 6].filter((hit) => condition?.(hit))).toEqual(stops);
});

test.each(['', 'x > 3', '% 0', '-1', '1.5', '>= '])('%j is none', (text) => {
  expect(hitCondition(text)).toBeNull();
});
