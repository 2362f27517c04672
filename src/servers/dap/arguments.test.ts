import { describe, expect, test } from 'vitest';
import { Arguments, addressOf } from './arguments.js';

describe('arguments', () => {
  const args = new Arguments({
    name: 'x',
    count: 3,
    flag: true,
    list: ['a', 'b'],
    items: [{ line: 4 }],
    nothing: null,
    env: { A: 'b', C: null },
  });

  test('are what they have to be', () => {
    expect(args.text('name')).toBe('x');
    expect(args.whole('count')).toBe(3);
    expect(args.flag('flag')).toBe(true);
    expect(args.texts('list')).toEqual(['a', 'b']);
    expect(args.objects('items').map((one) => one.whole('line'))).toEqual([4]);
    expect(args.environment('env')).toEqual({ A: 'b', C: null });
  });

  test('may be missing where they may, and null counts as missing', () => {
    expect([args.optionalText('absent'), args.optionalText('nothing'), args.optionalWhole('absent'), args.optionalFlag('absent')]).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect([args.flag('absent'), args.texts('absent'), args.objects('absent'), args.object('absent').has('x')]).toEqual([
      false,
      [],
      [],
      false,
    ]);
  });

  test.each<[string, () => unknown]>([
    ['name: expected a whole number', () => args.whole('name')],
    ['absent: expected a text', () => args.text('absent')],
    ['count: expected a whole number from 0 to 2', () => args.whole('count', 0, 2)],
    ['flag: expected a text', () => args.optionalText('flag')],
    ['name: expected a list', () => args.texts('name')],
    ['list: expected objects', () => args.objects('list')],
    ['items[0].name: expected a text', () => args.objects('items').map((one) => one.text('name'))],
    ['count: expected an object', () => args.object('count')],
  ])('that are something else are refused: %s', (message, read) => {
    expect(read).toThrow(message);
  });

  test('of something that is no object are all missing, and nothing is inherited', () => {
    for (const value of [null, 3, 'x', [1], undefined]) expect(new Arguments(value).has('length')).toBe(false);
    expect(new Arguments({}).has('constructor')).toBe(false);
  });
});

test('addresses are hexadecimal or decimal, and have 64 bits', () => {
  expect(addressOf('0x7fFF', 'x')).toBe(0x7fffn);
  expect(addressOf(' 16 ', 'x')).toBe(16n);
  for (const text of ['', '0x', '-1', '1.5', '0x10000000000000000', '99999999999999999999', 'main'])
    expect(() => addressOf(text, 'x')).toThrow('argument x: expected an address');
});
