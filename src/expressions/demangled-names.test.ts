// Which printed names a typed name fits.
import { expect, test } from 'vitest';
import { identifierIn, matchName } from './demangled-names.js';

test.each([
  ['game::state', 'game::state', 'exact'],
  ['game::state', 'state', 'suffix'],
  ['game::state', 'ate', null],
  ['game::state', 'other::state', null],
  ['a::game::state', 'game::state', 'suffix'],
  ['game::tick(int)', 'game::tick', 'exact'],
  ['game::tick(int)', 'game::tick(int)', 'exact'],
  ['game::tick(int)', 'game::tick(char)', null],
  ['game::tick(int)', 'tick', 'suffix'],
  ['game::Player::hp(int) const', 'Player::hp', 'suffix'],
  ['void game::apply<int, a::b>(int)', 'game::apply', 'exact'],
  ['void game::apply<int>(int)', 'game::apply<int>', 'exact'],
  ['game::tick(int)::calls', 'game::tick::calls', 'exact'],
  ['game::tick(void (*)(int))::calls', 'tick::calls', 'suffix'],
  ['(anonymous namespace)::hidden', 'hidden', 'exact'],
  ['game::(anonymous namespace)::hidden', 'game::hidden', 'exact'],
  ['game::(anonymous namespace)::hidden', 'game::(anonymous namespace)::hidden', 'exact'],
  ['vtable for game::Player', 'Player', null],
  ['guard variable for game::tick(int)::calls', 'calls', null],
  ['typeinfo name for game::Player', 'game::Player', null],
  ['game::tick(int) [clone .cold]', 'tick', null],
  ['Pool<int>::free', 'Pool::free', 'exact'],
] as const)('%s, asked for as %s: %s', (demangled, wanted, expected) => {
  expect(matchName(demangled, wanted)).toBe(expected);
});

test.each([
  ['state', 'state'],
  ['game::tick(int)', 'tick'],
  ['ns::f[abi:cxx11](int)', 'f'],
  ['a<b::c>::d<e>', 'd'],
])('the identifier in %s is %s', (name, identifier) => {
  expect(identifierIn(name)).toBe(identifier);
});
